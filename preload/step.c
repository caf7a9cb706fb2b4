/* SPDX-License-Identifier: Apache-2.0 */
#include "step.h"

#include "fallback.h"
#include "sys.h"

#include <stddef.h>
#include <sys/uio.h>

#define GUESS_REACH 0x4000u /* frames of code without unwind data are taken to be smaller */
#define LOWEST_CODE 0x1000u
#define JUMPS_MOST 256u /* more stack switches than this are a loop */

/* Words of the kernel's signal frame, from sp on: ucontext's gregs. */
#define SIGNAL_RBP (120 / 8)
#define SIGNAL_RSP (160 / 8)
#define SIGNAL_RIP (168 / 8)

bool step_read(uintptr_t from, void *to, size_t bytes) {
  struct iovec local = {to, bytes}, remote = {(void *)from, bytes};
  long pid = sys_call3(SYS_getpid, 0, 0, 0);
  return sys_call6(SYS_process_vm_readv, pid, (long)&local, 1, (long)&remote, 1, 0) == (long)bytes;
}

static bool read_words(uintptr_t from, uintptr_t *words, unsigned count) {
  return step_read(from, words, count * sizeof *words);
}

/* A word that should stand on the stack that is walked. */
static bool read_word(const struct step_walk *walk, uintptr_t from, uintptr_t *word) {
  if (from < walk->at.sp || from > walk->limit - sizeof *word)
    return read_words(from, word, 1);
  *word = *(const uintptr_t *)from;
  return true;
}

static bool cut(struct step_walk *walk) {
  walk->cut = true;
  return false;
}

/* Goes to another frame, wherever that is. */
static bool go_to(struct step_walk *walk, struct step_frame next) {
  if (next.sp <= walk->at.sp && ++walk->jumps > JUMPS_MOST)
    return cut(walk);
  walk->at = next;
  step_set_limit(walk);
  return next.pc != 0;
}

static bool step_realigned(struct step_walk *walk, uint32_t rule) {
  struct step_frame next;
  if (!read_word(walk, walk->at.rbp - rule_offset(rule), &next.sp) ||
      !read_word(walk, next.sp - 8, &next.pc) || !read_word(walk, walk->at.rbp, &next.rbp))
    return cut(walk);
  return go_to(walk, next);
}

static bool step_signal(struct step_walk *walk) {
  const uintptr_t *words = (const uintptr_t *)walk->at.sp;
  return go_to(walk, (struct step_frame){words[SIGNAL_RIP] | STEP_EXACT, words[SIGNAL_RSP],
                                         words[SIGNAL_RBP]});
}

bool step_guess_usable(uintptr_t sp, uintptr_t rbp) {
  return rbp >= sp && rbp % 8 == 0 && rbp - sp <= GUESS_REACH;
}

/* On the page of the return address that led here, memory is there; elsewhere nobody knows. */
static bool read_guess(uintptr_t sp, uintptr_t rbp, uintptr_t words[2]) {
  if ((rbp + 15) / 4096 != (sp - 8) / 4096)
    return read_words(rbp, words, 2);
  words[0] = ((const uintptr_t *)rbp)[0];
  words[1] = ((const uintptr_t *)rbp)[1];
  return true;
}

static bool step_guess(struct step_walk *walk) {
  uintptr_t words[2], rbp = walk->at.rbp;
  if (rbp == 0) /* how start code marks the outermost frame */
    return false;
  if (!step_guess_usable(walk->at.sp, rbp) || !read_guess(walk->at.sp, rbp, words))
    return cut(walk);
  if (words[1] == 0)
    return false;
  if (words[1] < LOWEST_CODE)
    return cut(walk);
  return go_to(walk, (struct step_frame){words[1], rbp + 16, words[0]});
}

/* A plain rule whose CFA is out of reach: another stack, or a frame pointer gone wild. */
static bool step_far(struct step_walk *walk, uint32_t rule) {
  bool by_rsp = rule_kind(rule) == RULE_RSP;
  struct step_frame next = {0, (by_rsp ? walk->at.sp : walk->at.rbp) + rule_offset(rule),
                            walk->at.rbp};
  uint32_t slot = rule_slot(rule);
  if (!read_words(next.sp - 8, &next.pc, 1) ||
      (slot && !read_words(next.sp - 8 * slot, &next.rbp, 1)))
    return cut(walk);
  return go_to(walk, next);
}

static bool step_complex(struct step_walk *walk) {
  struct step_frame next = walk->at;
  switch (fallback_step(walk->fallback, walk->caller, &next)) {
  case FALLBACK_STEPPED:
    return go_to(walk, next);
  case FALLBACK_OUTERMOST:
    return false;
  default:
    return cut(walk);
  }
}

__attribute__((noinline, cold)) bool step_slow(struct step_walk *walk, uint32_t rule) {
  switch (rule_kind(rule)) {
  case RULE_RSP:
  case RULE_RBP:
    return step_far(walk, rule);
  case RULE_DRAP:
    return step_realigned(walk, rule);
  case RULE_SIGNAL:
    return step_signal(walk);
  case RULE_END:
    return false;
  case RULE_GUESS:
    return step_guess(walk);
  default:
    return step_complex(walk);
  }
}

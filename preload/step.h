/* SPDX-License-Identifier: Apache-2.0
 *
 * One step of a walk: from a frame to its caller's, by the frame's rule.
 *
 * Reads are made directly where the rule's data can be trusted to lie on the stack: above sp and
 * below the walk's limit (the end of the thread's own stack, or 8 MiB further up). Anything else is
 * read through the kernel, which says so if there is nothing.
 */
#ifndef SEEP_STEP_H
#define SEEP_STEP_H

#include "rule.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set in a frame's pc where a signal interrupted it: then it is no return address. */
#define STEP_EXACT (1ull << 63)

struct fallback; /* fallback.h */

struct step_frame {
  uintptr_t pc, sp, rbp;
};

struct step_walk {
  struct step_frame at;
  uintptr_t limit;     /* direct reads are below */
  uintptr_t stack_end; /* of the thread's own stack, as far as known */
  uintptr_t caller;    /* where the walk began: the return address of the hook */
  uint32_t jumps;      /* steps so far that led elsewhere than up */
  bool cut;            /* the walk ended early: there are frames that it could not reach */
  struct fallback *fallback;
};

static inline uintptr_t step_address(uintptr_t pc) {
  return pc & ~STEP_EXACT;
}

/* The address that a frame's rule is for: inside the call, not behind it. */
static inline uintptr_t step_key(uintptr_t pc) {
  return pc & STEP_EXACT ? step_address(pc) : pc - 1;
}

#define STEP_REACH (8ull << 20)

/* Sets limit anew, from sp. */
static inline __attribute__((always_inline)) void step_set_limit(struct step_walk *walk) {
  uintptr_t sp = walk->at.sp, left = walk->stack_end - sp;
  bool below = sp < walk->stack_end && left < STEP_REACH;
  walk->limit = below ? walk->stack_end : sp + STEP_REACH;
}

/* Steps by any rule. false: at was the outermost frame, or, with cut set, the last one that could
 * be had. */
bool step_slow(struct step_walk *walk, uint32_t rule);

/* The same, fast for plain rules. */
static inline __attribute__((always_inline)) bool step_walk(struct step_walk *walk, uint32_t rule) {
  uintptr_t sp = walk->at.sp;
  uintptr_t cfa = ((rule & RULE_KIND_MASK) == RULE_RSP ? sp : walk->at.rbp) + rule_offset(rule);
  bool near = cfa - sp - 1 < walk->limit - sp; /* above sp, up to limit */
  if (__builtin_expect(!rule_is_plain(rule), 0) || __builtin_expect(!near, 0)) {
    struct step_walk copy = *walk; /* so that walk can live in registers */
    bool on = step_slow(&copy, rule);
    *walk = copy;
    return on;
  }
  uint32_t slot = rule_slot(rule);
  uintptr_t saved = ((const uintptr_t *)cfa)[-(intptr_t)(slot ? slot : 1)];
  walk->at.rbp = slot ? saved : walk->at.rbp;
  walk->at.pc = ((const uintptr_t *)cfa)[-1];
  walk->at.sp = cfa;
  return walk->at.pc != 0;
}

/* Reads memory that need not be there. */
bool step_read(uintptr_t from, void *to, size_t bytes);

/* Whether a frame without unwind data has a frame pointer that may be followed. */
bool step_guess_usable(uintptr_t sp, uintptr_t rbp);

#endif

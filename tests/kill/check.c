/* SPDX-License-Identifier: Apache-2.0
 *
 * killcheck TRACE TRUTH: compares the live set of a trace with what the program truth wrote down
 * itself (tests/targets/truth.h). Exit status: 0 they agree up to the calls that were under way,
 * 1 they don't, 2 one of them can't be read. With --fold the stage is folded into the trace first.
 */
#include "live.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <targets/truth.h>
#include <unistd.h>

static bool check_is_open(const struct truth_intent *intent) {
  return intent->call != TRUTH_NONE && !intent->returned;
}

/* Whether a call that had begun explains that the block stands: its free was not recorded yet. */
static bool check_keeps(const struct truth_intent *intent, const struct live_block *block) {
  return check_is_open(intent) && intent->call != TRUTH_ALLOCATE &&
         intent->old.address == block->address && intent->old.size == block->size;
}

/* The same: its allocation was recorded before truth could write down the address. */
static bool check_makes(const struct truth_intent *intent, const struct live_block *block) {
  return check_is_open(intent) && intent->call != TRUTH_FREE && intent->fresh.size == block->size;
}

/* A block that must be in the trace: takes it out, so that what is left at the end is too much. */
static bool check_expected(struct live *live, const struct truth_block *expected) {
  struct live_block *block = live_find(live, expected->address);
  if (!block || block->balance != 1 || block->size != expected->size) {
    printf("missing: %#" PRIx64 ", %" PRIu64 " bytes (trace: %" PRIu64 ")\n", expected->address,
           expected->size, block ? block->size : 0);
    return false;
  }
  block->balance = 0;
  return true;
}

static bool check_slot_is_certain(const struct truth *truth, uint32_t slot) {
  for (uint64_t thread = 0; thread < truth->threads; thread++)
    if (truth->intents[thread].call != TRUTH_NONE && truth->intents[thread].slot == slot)
      return false;
  return true;
}

/* Blocks of slots, and of calls that had returned before the slot was brought up to date. */
static size_t check_all_expected(struct live *live, const struct truth *truth) {
  size_t wrong = 0;
  for (uint32_t slot = 0; slot < TRUTH_SLOTS; slot++)
    if (truth->slots[slot].address && check_slot_is_certain(truth, slot))
      wrong += !check_expected(live, &truth->slots[slot]);
  for (uint64_t thread = 0; thread < truth->threads; thread++) {
    const struct truth_intent *intent = &truth->intents[thread];
    if (intent->call != TRUTH_NONE && intent->returned && intent->fresh.address)
      wrong += !check_expected(live, &intent->fresh);
  }
  return wrong;
}

/* Which block each call under way explains: one at most. */
struct check_match {
  const struct truth *truth;
  struct live_block *of_thread[TRUTH_THREADS];
};

/* Finds a call for the block, if need be by finding another one for a block that has it: a new
 * block may stand where a call's old one was, and be as large. */
static bool check_place(struct check_match *match, struct live_block *block,
                        bool tried[TRUTH_THREADS]) {
  for (uint64_t thread = 0; thread < match->truth->threads; thread++) {
    const struct truth_intent *intent = &match->truth->intents[thread];
    if (tried[thread] || !(check_keeps(intent, block) || check_makes(intent, block)))
      continue;
    tried[thread] = true;
    struct live_block *other = match->of_thread[thread];
    if (!other || check_place(match, other, tried)) {
      match->of_thread[thread] = block;
      return true;
    }
  }
  return false;
}

/* Takes out what calls under way explain. */
static void check_explain(struct live *live, const struct truth *truth) {
  struct check_match match = {.truth = truth};
  for (size_t place = 0; place < live->capacity; place++) {
    bool tried[TRUTH_THREADS] = {false};
    if (live->blocks[place].balance == 1)
      check_place(&match, &live->blocks[place], tried);
  }
  for (uint64_t thread = 0; thread < truth->threads; thread++)
    if (match.of_thread[thread])
      match.of_thread[thread]->balance = 0;
}

static size_t check_rest(struct live *live, const struct truth *truth) {
  size_t wrong = 0;
  check_explain(live, truth);
  for (size_t place = 0; place < live->capacity; place++) {
    const struct live_block *block = &live->blocks[place];
    if (!block->balance || block->size % TRUTH_SIZE_STEP != TRUTH_SIZE_REST)
      continue;
    printf("too much: %#" PRIx64 ", %" PRIu64 " bytes, balance %" PRId64 "\n", block->address,
           block->size, block->balance);
    wrong++;
  }
  return wrong;
}

static const struct truth *check_map_truth(const char *path) {
  struct stat stat;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &stat) || (size_t)stat.st_size < sizeof(struct truth))
    return NULL;
  const struct truth *truth = mmap(NULL, sizeof *truth, PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  return truth != MAP_FAILED && truth->magic == TRUTH_MAGIC && truth->threads <= TRUTH_THREADS
             ? truth
             : NULL;
}

static size_t check_calls(const struct truth *truth) {
  size_t calls = 0;
  for (uint64_t thread = 0; thread < truth->threads; thread++)
    calls += truth->intents[thread].calls;
  return calls;
}

int main(int count, char **arguments) {
  bool fold = count == 4 && !strcmp(arguments[1], "--fold");
  if (count != 3 && !fold) {
    fputs("usage: killcheck [--fold] TRACE TRUTH\n", stderr);
    return 2;
  }
  const char *trace_path = arguments[count - 2], *truth_path = arguments[count - 1];
  const struct truth *truth = check_map_truth(truth_path);
  struct trace_error error = {0};
  struct live live = {0};
  enum trace_status status = fold ? trace_fold(trace_path, &error) : TRACE_OK;
  if (status == TRACE_OK)
    status = live_read(&live, trace_path, &error);
  if (!truth || status != TRACE_OK) {
    fprintf(stderr, "killcheck: %s: %s %s\n", truth ? trace_path : truth_path,
            truth ? trace_status_text(status) : "is not truth's", error.detail);
    return 2;
  }
  size_t blocks = live_count(&live);
  size_t wrong = check_all_expected(&live, truth) + check_rest(&live, truth);
  printf("%zu calls, %zu blocks live, %" PRIu64 " lost, %zu damages, %zu wrong\n",
         check_calls(truth), blocks, live.lost, live.damages, wrong);
  live_free(&live);
  return wrong || live.lost; /* a frame that was being written may be torn: the stage has it all */
}

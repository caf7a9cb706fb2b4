/* SPDX-License-Identifier: Apache-2.0 */
#include "verify.h"

#include <stdatomic.h>

#define QUEUE 8u

static _Atomic uint64_t verified, skipped, disagreements;

static struct {
  _Atomic uint32_t busy;
  uint32_t first, count;
  struct verify_disagreement entries[QUEUE];
} queue;

static bool queue_enter(void) {
  return !atomic_exchange_explicit(&queue.busy, 1, memory_order_acquire);
}

static void queue_leave(void) {
  atomic_store_explicit(&queue.busy, 0, memory_order_release);
}

/* The frame at depth i, innermost first. */
static const struct frame *frame_at(const struct capture *state, uint32_t i) {
  return &state->frames[state->count - 1 - i];
}

static void fill(struct verify_disagreement *entry, const struct capture *state,
                 const uintptr_t *theirs, uint32_t theirs_count) {
  entry->ours_count = state->count - 1;
  entry->theirs_count = theirs_count;
  for (uint32_t i = 0; i < VERIFY_FRAMES; i++) {
    entry->ours[i] = i < entry->ours_count ? step_address(frame_at(state, i)->pc) : 0;
    entry->theirs[i] = i < theirs_count ? step_address(theirs[i]) : 0;
  }
}

/* Full or busy: it is counted, but not kept. */
static void keep(const struct capture *state, const uintptr_t *theirs, uint32_t theirs_count) {
  if (!queue_enter())
    return;
  if (queue.count < QUEUE)
    fill(&queue.entries[(queue.first + queue.count++) % QUEUE], state, theirs, theirs_count);
  queue_leave();
}

bool verify_take(struct verify_disagreement *out) {
  if (queue.count == 0 || !queue_enter())
    return false;
  bool have = queue.count > 0;
  if (have) {
    *out = queue.entries[queue.first];
    queue.first = (queue.first + 1) % QUEUE;
    queue.count--;
  }
  queue_leave();
  return have;
}

/* Where we had to guess or stop, libunwind guesses, too: that proves nothing. */
static bool comparable(const struct capture *state) {
  for (uint32_t i = 1; i < state->count; i++)
    if (state->frames[i].flags & (SEEP_CONTEXT_GUESS | SEEP_CONTEXT_TRUNCATED))
      return false;
  return true;
}

static bool agrees(const struct capture *state, const uintptr_t *theirs, uint32_t count) {
  if (count != state->count - 1)
    return false;
  for (uint32_t i = 0; i < count; i++)
    if (step_address(frame_at(state, i)->pc) != step_address(theirs[i]))
      return false;
  return true;
}

static void count_one(_Atomic uint64_t *counter) {
  atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

void verify_stack(struct capture *state, uintptr_t pc, uintptr_t sp) {
  /* The fresh frames are in the cache by now: their memory holds the other stack. */
  uintptr_t *theirs = (uintptr_t *)state->fresh;
  uint32_t count =
      comparable(state) ? fallback_walk(state->fallback, pc, sp, theirs, state->capacity) : 0;
  if (count == 0) {
    count_one(&skipped);
    return;
  }
  count_one(&verified);
  if (agrees(state, theirs, count))
    return;
  count_one(&disagreements);
  keep(state, theirs, count);
}

struct capture_counts verify_counts(void) {
  return (struct capture_counts){.verified = atomic_load_explicit(&verified, memory_order_relaxed),
                                 .skipped = atomic_load_explicit(&skipped, memory_order_relaxed),
                                 .disagreements =
                                     atomic_load_explicit(&disagreements, memory_order_relaxed)};
}

void verify_restart(void) {
  atomic_store(&verified, 0);
  atomic_store(&skipped, 0);
  atomic_store(&disagreements, 0);
  queue.count = 0;
  queue_leave();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plain.h"

/* The addresses stand where witnesses would: this way has none. */
static uint32_t take_stack(struct capture *state, uintptr_t pc, uintptr_t sp, bool *complete) {
  for (;;) {
    uint32_t most = state->capacity - 1;
    uint32_t count =
        fallback_backtrace(state->fallback, pc, sp, (uintptr_t *)state->witnesses, most, complete);
    if (*complete || !frames_grow(state))
      return count;
  }
}

static void push(struct capture *state, uintptr_t pc, bool cut) {
  const struct frame *outer = &state->frames[state->count - 1];
  struct frame *frame = &state->frames[state->count++];
  *frame = (struct frame){.pc = pc,
                          .hash = outer->hash,
                          .hash_other = outer->hash_other,
                          .flags = (pc & STEP_EXACT ? SEEP_CONTEXT_EXACT : 0) |
                                   (cut ? SEEP_CONTEXT_TRUNCATED : 0)};
  frames_mix_any(&frame->hash, &frame->hash_other, frame);
}

/* Drops the cached frames from the first that is not this stack's. */
static void keep_common(struct capture *state, const uintptr_t *pcs, uint32_t count) {
  uint32_t common = 1;
  while (common < state->count && common <= count &&
         state->frames[common].pc == pcs[count - common])
    common++;
  state->count = common;
}

void plain_walk(struct capture *state, uintptr_t pc, uintptr_t sp) {
  bool complete = true;
  uintptr_t only = pc;
  uint32_t count = take_stack(state, pc, sp, &complete);
  const uintptr_t *pcs = (const uintptr_t *)state->witnesses;
  if (count == 0) { /* no libunwind, or not now: the caller at least */
    pcs = &only;
    count = 1;
    complete = false;
  }
  bool cut_before = state->count > 1 && state->frames[1].flags & SEEP_CONTEXT_TRUNCATED;
  if (cut_before != !complete)
    frames_forget(state);
  keep_common(state, pcs, count);
  while (state->count <= count)
    push(state, pcs[count - state->count], !complete && state->count == 1);
}

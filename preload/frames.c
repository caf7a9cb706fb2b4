/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include "arena.h"
#include "modules.h"

#include <string.h>

#define START_CAPACITY 1024u
#define MOST_CAPACITY (1u << 20)

const uintptr_t frames_never = 1;

extern void *__libc_stack_end __attribute__((weak));

/* ---- Memory ------------------------------------------------------------------------------- */

static size_t up_to_line(size_t bytes) {
  return (bytes + 63) & ~(size_t)63;
}

static size_t arrays_bytes(uint32_t capacity) {
  return up_to_line(capacity * sizeof(struct frame)) +
         up_to_line((size_t)capacity * FRAMES_WITNESSES * sizeof(struct frames_witness)) +
         up_to_line(capacity * sizeof(struct frames_fresh));
}

static void set_arrays(struct capture *state, char *memory, uint32_t capacity) {
  state->capacity = capacity;
  state->frames = (struct frame *)memory;
  memory += up_to_line(capacity * sizeof(struct frame));
  state->fresh = (struct frames_fresh *)memory;
  memory += up_to_line(capacity * sizeof(struct frames_fresh));
  state->witnesses = (struct frames_witness *)memory;
}

size_t frames_state_bytes(void) {
  return up_to_line(sizeof(struct capture)) + arrays_bytes(START_CAPACITY) + fallback_bytes();
}

/* The thread's stack ends below its control block, the main thread's where the loader found its
 * arguments. Where neither is right (a fork in a thread) the walk has a shorter reach, no more. */
static uintptr_t find_stack_end(const void *here) {
  uintptr_t control = (uintptr_t)__builtin_thread_pointer(), at = (uintptr_t)here;
  uintptr_t first = &__libc_stack_end ? (uintptr_t)__libc_stack_end : 0;
  if (at >= control || (at < first && first < control))
    return first;
  return control;
}

void frames_init(struct capture *state) {
  char *memory = (char *)state + up_to_line(sizeof *state);
  memset(state, 0, sizeof *state);
  set_arrays(state, memory, START_CAPACITY);
  state->fallback = (struct fallback *)(memory + arrays_bytes(START_CAPACITY));
  state->stack_end = find_stack_end(__builtin_frame_address(0));
  state->frames[0] = (struct frame){.pc = UINTPTR_MAX,
                                    .sp = UINTPTR_MAX,
                                    .hash = FRAMES_HASH_START,
                                    .hash_other = FRAMES_HASH_START};
  frames_forget(state);
}

void frames_release(struct capture *state) {
  if (state->grown)
    arena_unmap(state->grown, arrays_bytes(state->capacity));
  state->grown = NULL;
}

bool frames_grow(struct capture *state) {
  struct capture old = *state;
  uint32_t capacity = old.capacity * 4;
  void *grown = capacity <= MOST_CAPACITY ? arena_map(arrays_bytes(capacity)) : NULL;
  if (!grown)
    return false;
  set_arrays(state, grown, capacity);
  memcpy(state->frames, old.frames, old.count * sizeof *old.frames);
  memcpy(state->fresh, old.fresh, old.fresh_count * sizeof *old.fresh);
  memcpy(state->witnesses, old.witnesses,
         old.frames[old.count - 1].witnesses_end * sizeof *old.witnesses);
  frames_release(&old);
  state->grown = grown;
  return true;
}

/* ---- Names -------------------------------------------------------------------------------- */

static uint64_t name_of(const struct frame *frame) {
  uint64_t name = frame->pc;
  if (rule_kind(frame->rule) == RULE_GUESS)
    name |= rule_offset(frame->rule) ? FRAMES_NAME_GUESS : FRAMES_NAME_GUESS | FRAMES_NAME_HOMELESS;
  return frame->flags & SEEP_CONTEXT_TRUNCATED ? name | FRAMES_NAME_TRUNCATED : name;
}

void frames_mix_any(uint64_t *hash, uint64_t *other, const struct frame *frame) {
  uintptr_t bias;
  if (frame->rule & RULE_SALTED)
    frames_mix(hash, other, FRAMES_NAME_SALT | modules_find(step_key(frame->pc), &bias));
  frames_mix(hash, other, name_of(frame));
}

/* ---- Frames of other kinds ---------------------------------------------------------------- */

static void add_witness(struct capture *state, struct frame *frame, uintptr_t address,
                        uintptr_t value) {
  state->witnesses[frame->witnesses_end++] =
      (struct frames_witness){(const uintptr_t *)address, value};
}

/* Done again each time. */
static bool witness_never(struct capture *state, struct frame *frame) {
  add_witness(state, frame, (uintptr_t)&frames_never, 0);
  return true;
}

static bool witness_plain(struct capture *state, struct frame *frame, const struct frame *outer) {
  uint32_t slot = rule_slot(frame->rule);
  if (slot && outer->live)
    add_witness(state, frame, outer->sp - 8 * slot, outer->rbp);
  add_witness(state, frame, outer->sp - 8, outer->pc);
  return rule_kind(frame->rule) == RULE_RBP || (slot == 0 && outer->live);
}

static bool witness_realigned(struct capture *state, struct frame *frame,
                              const struct frame *outer) {
  if (outer->live)
    add_witness(state, frame, frame->rbp, outer->rbp);
  add_witness(state, frame, outer->sp - 8, outer->pc);
  add_witness(state, frame, frame->rbp - rule_offset(frame->rule), outer->sp);
  return true;
}

/* Words of the kernel's signal frame, see step.c. */
static bool witness_signal(struct capture *state, struct frame *frame, const struct frame *outer) {
  if (outer->live)
    add_witness(state, frame, frame->sp + 120, outer->rbp);
  add_witness(state, frame, frame->sp + 168, step_address(outer->pc));
  add_witness(state, frame, frame->sp + 160, outer->sp);
  return false;
}

static bool witness_guess(struct capture *state, struct frame *frame, const struct frame *outer) {
  add_witness(state, frame, frame->rbp, outer->rbp);
  add_witness(state, frame, frame->rbp + 8, outer->pc);
  return true;
}

/* Adds the witnesses of a frame that has a caller, in reverse order of reading; returns whether rbp
 * is live. */
static bool add_witnesses(struct capture *state, struct frame *frame, const struct frame *outer) {
  switch (rule_kind(frame->rule)) {
  case RULE_RSP:
  case RULE_RBP:
    return witness_plain(state, frame, outer);
  case RULE_DRAP:
    return witness_realigned(state, frame, outer);
  case RULE_SIGNAL:
    return witness_signal(state, frame, outer);
  case RULE_GUESS:
    return witness_guess(state, frame, outer);
  default:
    return witness_never(state, frame);
  }
}

static uint8_t flags_of(const struct frames_fresh *fresh, bool cut) {
  uint8_t flags = fresh->pc & STEP_EXACT ? SEEP_CONTEXT_EXACT : 0;
  if (rule_kind(fresh->rule) == RULE_GUESS)
    flags |= SEEP_CONTEXT_GUESS;
  return cut ? flags | SEEP_CONTEXT_TRUNCATED : flags;
}

static struct frame *begin_frame(struct capture *state, const struct frames_fresh *fresh,
                                 bool cut) {
  const struct frame *outer = &state->frames[state->count - 1];
  struct frame *frame = &state->frames[state->count++];
  *frame = (struct frame){.pc = fresh->pc,
                          .sp = fresh->sp,
                          .rbp = fresh->rbp,
                          .hash = outer->hash,
                          .hash_other = outer->hash_other,
                          .rule = fresh->rule,
                          .witnesses_end = outer->witnesses_end,
                          .flags = flags_of(fresh, cut)};
  frames_mix_any(&frame->hash, &frame->hash_other, frame);
  return frame;
}

__attribute__((noinline, cold)) void frames_push_any(struct capture *state,
                                                     const struct frames_fresh *fresh) {
  struct frame *frame = begin_frame(state, fresh, false);
  frame->live = add_witnesses(state, frame, frame - 1);
}

/* Why the walk ended here must be witnessed, too: a return address of 0 where that was read on the
 * stack itself, or nothing for a rule that says so; all else is tried again. */
__attribute__((noinline, cold)) void
frames_push_outermost(struct capture *state, const struct frames_fresh *fresh, bool cut) {
  struct frame *frame = begin_frame(state, fresh, cut);
  enum rule_kind kind = rule_kind(frame->rule);
  if (kind == RULE_END)
    frame->live = false;
  else if (kind == RULE_GUESS && frame->rbp == 0)
    frame->live = true;
  else
    frame->live = witness_never(state, frame);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "capture.h"

#include "cfi.h"
#include "contexts.h"
#include "frames.h"
#include "modules.h"
#include "plain.h"
#include "rules.h"
#include "tenants.h"
#include "verify.h"

#include <stdatomic.h>

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

static struct capture_options options;
static bool have_rules;
static bool rules_alone;                  /* the plain way need not be thought of */
static uint32_t most_frames = UINT32_MAX; /* of a stack that is not cut, and one */
/* Counts what makes cached frames void: modules that came or went, a fork. */
static _Atomic uint32_t epoch = 1;
static _Atomic uint32_t modules_seen;

/* ---- Start and states --------------------------------------------------------------------- */

void capture_start(const struct capture_options *wanted) {
  options = *wanted;
  most_frames = options.depth && options.depth < UINT32_MAX ? options.depth + 1 : UINT32_MAX;
  have_rules = have_rules || (cfi_start() && tenants_start() && rules_start());
  rules_alone = have_rules && options.way == CAPTURE_AUTO;
  atomic_store(&modules_seen, modules_epoch());
}

static void forget_all_frames(void) {
  atomic_fetch_add_explicit(&epoch, 1, memory_order_release);
}

void capture_restart(void) {
  tenants_restart();
  rules_restart();
  verify_restart();
  forget_all_frames();
}

size_t capture_state_bytes(void) {
  return frames_state_bytes();
}

void capture_init(struct capture *state) {
  frames_init(state);
  state->epoch = atomic_load_explicit(&epoch, memory_order_acquire);
  state->until_check = options.verify_every;
}

void capture_end(struct capture *state) {
  frames_release(state);
}

void capture_module_check(uintptr_t caller) {
  (void)caller; /* the loader: what it says is how the hook came to ask */
  (void)modules_refresh();
  uint32_t now = modules_epoch();
  if (atomic_load_explicit(&modules_seen, memory_order_acquire) == now)
    return;
  if (have_rules)
    rules_drop();
  fallback_flush();
  forget_all_frames();
  /* Last: who finds it seen goes on at once, maybe into a library that just came. */
  atomic_store_explicit(&modules_seen, now, memory_order_release);
}

struct capture_counts capture_verification(void) {
  return verify_counts();
}

/* ---- The part that did not change --------------------------------------------------------- */

/* The frame is that of the cache: then so is everything outwards, if the witnesses agree. */
static inline __attribute__((always_inline)) bool is_cached(const struct frame *frame,
                                                            const struct step_frame *at) {
  return frame->sp == at->sp && frame->pc == at->pc && (!frame->live || frame->rbp == at->rbp);
}

/* The frame whose witness is the one before end; frame or further out. */
static struct frame *frame_of_witness(struct frame *frame, uint32_t end) {
  while (frame[-1].witnesses_end >= end)
    frame--;
  return frame;
}

/* Steps again from a frame whose step cannot be witnessed. true: it leads where it led before. */
static __attribute__((noinline, cold)) bool step_again(struct capture *state, struct step_walk walk,
                                                       struct frame *frame) {
  walk.at = (struct step_frame){frame->pc, frame->sp, frame->rbp};
  walk.cut = false;
  step_set_limit(&walk);
  bool on = step_walk(&walk, frame->rule), outermost = frame == &state->frames[1];
  if (!on || outermost)
    return !on && outermost && walk.cut == !!(frame->flags & SEEP_CONTEXT_TRUNCATED);
  if (!is_cached(frame - 1, &walk.at))
    return false;
  frame[-1].rbp = walk.at.rbp; /* where it is not live it was not compared: it may be an old one */
  return true;
}

static inline __attribute__((always_inline)) bool agrees(const struct frames_witness *witness) {
  return likely(*witness->address == witness->value);
}

/* Goes back over the witnesses that agree, in order; gives the end of those that are left. */
static inline __attribute__((always_inline)) const struct frames_witness *
skip_agreeing(const struct frames_witness *first, const struct frames_witness *end) {
  for (const struct frames_witness *last = first + 4; end >= last; end -= 4) {
    if (!agrees(end - 1))
      return end;
    if (!agrees(end - 2))
      return end - 1;
    if (!agrees(end - 3))
      return end - 2;
    if (!agrees(end - 4))
      return end - 3;
  }
  while (end > first && agrees(end - 1))
    end--;
  return end;
}

/* Compares the witnesses from a frame outwards. NULL: all agree; else the frame whose step leads
 * elsewhere now. */
static inline __attribute__((always_inline)) struct frame *
find_changed(struct capture *state, const struct step_walk *walk, struct frame *joint) {
  const struct frames_witness *first = state->witnesses, *end = first + joint->witnesses_end;
  for (;;) {
    end = skip_agreeing(first, end);
    if (likely(end == first))
      return NULL;
    struct frame *frame = frame_of_witness(joint, (uint32_t)(end - first));
    if (end[-1].address != &frames_never || !step_again(state, *walk, frame))
      return frame;
    end = first + frame[-1].witnesses_end;
  }
}

/* rbp of a frame's caller, by the frame's rule, from the stack. */
static uintptr_t callers_rbp(const struct frame *frame, uintptr_t rbp) {
  uint32_t slot = rule_slot(frame->rule);
  switch (rule_kind(frame->rule)) {
  case RULE_RSP:
  case RULE_RBP:
    return slot ? ((const uintptr_t *)frame[-1].sp)[-(intptr_t)slot] : rbp;
  case RULE_DRAP:
  case RULE_GUESS:
    return *(const uintptr_t *)rbp;
  case RULE_SIGNAL:
    return ((const uintptr_t *)frame->sp)[120 / 8];
  default: /* its step was just done again */
    return frame[-1].rbp;
  }
}

/* Puts the frames outside of joint up to changed, which are as they were, among the fresh ones,
 * with the rbp that they have now: *rbp, joint's, becomes changed's. Gives the end of the fresh
 * ones. */
static __attribute__((noinline)) struct frames_fresh *copy_unchanged(struct frames_fresh *fresh,
                                                                     const struct frame *joint,
                                                                     const struct frame *changed,
                                                                     uintptr_t *rbp) {
  for (const struct frame *frame = joint; frame > changed; frame--) {
    *rbp = callers_rbp(frame, *rbp);
    *fresh++ = (struct frames_fresh){frame[-1].pc, frame[-1].sp, *rbp, frame[-1].rule};
  }
  return fresh;
}

/* joint and what is unchanged outside of it become fresh; *at becomes changed. */
static inline __attribute__((always_inline)) struct frames_fresh *
resume_at(struct frames_fresh *fresh, const struct frame *joint, const struct frame *changed,
          struct step_frame *at) {
  *fresh++ = (struct frames_fresh){joint->pc, joint->sp, at->rbp, joint->rule};
  if (joint == changed) /* where call sites of one function take turns */
    return fresh;
  uintptr_t rbp = at->rbp; /* a copy, so that at can live in registers */
  fresh = copy_unchanged(fresh, joint, changed, &rbp);
  *at = (struct step_frame){changed->pc, changed->sp, rbp};
  return fresh;
}

/* ---- The walk ----------------------------------------------------------------------------- */

/* Of a pc with STEP_EXACT, or that is no code address at all. */
static __attribute__((noinline, cold)) uint32_t odd_rule(uintptr_t pc) {
  uintptr_t address = step_key(pc);
  return address >> RULES_ADDRESS_BITS ? rules_compute(address) : rules_get(address);
}

static inline __attribute__((always_inline)) uint32_t rule_of(uintptr_t pc) {
  uintptr_t address = pc - 1;
  return unlikely(address >> RULES_ADDRESS_BITS) ? odd_rule(pc) : rules_get(address);
}

/* Where the fresh frames have to stop: those that are cached must fit behind them. */
static struct frames_fresh *fresh_stop(const struct capture *state) {
  return state->fresh + state->capacity - state->count - 2;
}

/* Walks by rules until a cached frame is met from which on nothing changed; gives its index. 0:
 * none was met, all frames are fresh. */
static inline __attribute__((always_inline)) uint32_t walk_to_joint(struct capture *state,
                                                                    struct step_walk *walk) {
  struct frame *joint = &state->frames[state->count - 1];
  struct frames_fresh *fresh = state->fresh, *stop = fresh_stop(state);
  for (;;) {
    uint32_t rule;
    while (joint->sp < walk->at.sp)
      joint--;
    if (is_cached(joint, &walk->at)) {
      struct frame *changed = find_changed(state, walk, joint);
      if (likely(!changed))
        break;
      fresh = resume_at(fresh, joint, changed, &walk->at);
      step_set_limit(walk);
      rule = changed->rule;
      joint = changed - 1;
    } else {
      rule = rule_of(walk->at.pc);
      *fresh++ = (struct frames_fresh){walk->at.pc, walk->at.sp, walk->at.rbp, rule};
    }
    if (!step_walk(walk, rule)) {
      joint = state->frames;
      break;
    }
    if (unlikely(fresh >= stop)) {
      uint32_t index = (uint32_t)(joint - state->frames);
      state->fresh_count = (uint32_t)(fresh - state->fresh);
      walk->cut = !frames_grow(state);
      if (walk->cut)
        return 0;
      joint = &state->frames[index];
      fresh = state->fresh + state->fresh_count;
      stop = fresh_stop(state);
    }
  }
  state->fresh_count = (uint32_t)(fresh - state->fresh);
  return (uint32_t)(joint - state->frames);
}

/* The fresh frames become cached ones, outermost first. */
static inline __attribute__((always_inline)) void push_fresh(struct capture *state, uint32_t joint,
                                                             bool cut) {
  const struct frames_fresh *fresh = state->fresh + state->fresh_count;
  state->count = joint + 1;
  if (unlikely(joint == 0))
    frames_push_outermost(state, --fresh, cut);
  struct frame *next = &state->frames[state->count];
  struct frames_outer outer = frames_outer_of(next - 1);
  struct frames_witness *witnesses = state->witnesses;
  for (const struct frames_fresh *first = state->fresh; fresh != first; next++) {
    fresh--;
    if (likely(frames_is_plain(fresh))) {
      frames_put_plain(next, witnesses, fresh, &outer);
    } else {
      state->count = (uint32_t)(next - state->frames);
      frames_push_any(state, fresh);
      outer = frames_outer_of(next);
    }
  }
  state->count = (uint32_t)(next - state->frames);
}

static inline __attribute__((always_inline)) void walk_by_rules(struct capture *state, uintptr_t pc,
                                                                uintptr_t sp, uintptr_t rbp) {
  struct step_walk walk = {.at = {pc, sp, rbp},
                           .stack_end = state->stack_end,
                           .caller = pc,
                           .fallback = state->fallback};
  step_set_limit(&walk);
  uint32_t joint = walk_to_joint(state, &walk);
  if (state->fresh_count)
    push_fresh(state, joint, walk.cut);
  else
    state->count = joint + 1;
}

/* ---- Paths and ids ------------------------------------------------------------------------ */

static const struct frame *innermost(const struct capture *state) {
  return &state->frames[state->count - 1];
}

static bool is_too_deep(const struct capture *state) {
  return state->count > most_frames;
}

/* The outermost frame of a stack that is cut to the wanted depth. */
static struct frame cut_frame(const struct capture *state) {
  struct frame frame = state->frames[state->count - options.depth];
  frame.flags |= SEEP_CONTEXT_TRUNCATED;
  return frame;
}

/* The path of the innermost frames alone. */
static __attribute__((noinline)) void cut_path(const struct capture *state,
                                               struct capture_path *path) {
  uint64_t hash = FRAMES_HASH_START, other = FRAMES_HASH_START;
  struct frame outermost = cut_frame(state);
  frames_mix_any(&hash, &other, &outermost);
  for (uint32_t i = state->count - options.depth + 1; i < state->count; i++)
    frames_mix_any(&hash, &other, &state->frames[i]);
  path->hash = hash;
  path->hash_low = (uint32_t)other;
  path->id = 0;
  path->truncated = true;
}

static uint32_t insert(const struct frame *frame, uint64_t hash, uint64_t other, uint32_t parent,
                       uint32_t flags) {
  uint32_t id = contexts_find(hash, (uint32_t)other);
  return id ? id
            : contexts_insert(hash, (uint32_t)other, parent, step_address(frame->pc),
                              frame->flags | flags);
}

static uint32_t insert_cut_path(const struct capture *state, uint32_t flags) {
  uint64_t hash = FRAMES_HASH_START, other = FRAMES_HASH_START;
  struct frame frame = cut_frame(state);
  uint32_t id = 0;
  for (uint32_t i = state->count - options.depth; i < state->count; i++) {
    frames_mix_any(&hash, &other, &frame);
    id = insert(&frame, hash, other, id, i + 1 == state->count ? flags : 0);
    if (id == 0)
      return 0;
    if (i + 1 < state->count)
      frame = state->frames[i + 1];
  }
  return id;
}

/* Brings the index's lines for all frames without id: they are asked for one after the other. */
static void prefetch_path(const struct capture *state) {
  for (const struct frame *frame = innermost(state); frame > state->frames && !frame->id; frame--)
    contexts_prefetch(frame->hash);
}

/* Ids for the frames from the first, seen from inside, that has one. 0: no memory. */
static __attribute__((noinline)) uint32_t insert_path(struct capture *state, uint32_t flags) {
  struct frame *leaf = &state->frames[state->count - 1], *frame = leaf;
  prefetch_path(state);
  while (frame > state->frames && frame->id == 0) {
    frame->id = contexts_find(frame->hash, (uint32_t)frame->hash_other);
    if (frame->id == 0)
      frame--;
  }
  uint32_t id = frame->id;
  for (frame++; frame <= leaf; frame++) {
    id = contexts_insert(frame->hash, (uint32_t)frame->hash_other, id, step_address(frame->pc),
                         frame->flags | (frame == leaf ? flags : 0));
    if (id == 0)
      return 0;
    frame->id = id;
  }
  return id;
}

static inline __attribute__((always_inline)) void set_path(struct capture *state,
                                                           struct capture_path *path) {
  const struct frame *leaf = innermost(state);
  path->hash = leaf->hash;
  path->hash_low = (uint32_t)leaf->hash_other;
  path->id = leaf->id;
  path->generation = ++state->generation;
  path->truncated = state->frames[1].flags & SEEP_CONTEXT_TRUNCATED;
  if (unlikely(is_too_deep(state)))
    cut_path(state, path);
  if (path->id == 0)
    contexts_prefetch(path->hash);
}

/* Where both could serve but libunwind is not open (yet), rules do. */
static inline bool is_plain_way(void) {
  return unlikely(!rules_alone) && (!have_rules || fallback_is_open());
}

/* ---- The two steps ------------------------------------------------------------------------ */

static __attribute__((noinline, cold)) void check_stack(struct capture *state, uintptr_t pc,
                                                        uintptr_t sp) {
  state->until_check = options.verify_every;
  verify_stack(state, pc, sp);
}

/* The whole stack is the one before: most captures of a loop. */
static inline __attribute__((always_inline)) bool
is_same_stack(const struct capture *state, uintptr_t pc, uintptr_t sp, uintptr_t rbp) {
  const struct frame *leaf = innermost(state);
  const struct frames_witness *first = state->witnesses;
  return leaf->sp == sp && leaf->pc == pc && (!leaf->live || leaf->rbp == rbp) &&
         skip_agreeing(first, first + leaf->witnesses_end) == first;
}

static __attribute__((noinline)) void walk_anew(struct capture *state, uintptr_t pc, uintptr_t sp,
                                                uintptr_t rbp) {
  uint32_t now = atomic_load_explicit(&epoch, memory_order_acquire);
  if (unlikely(state->epoch != now)) { /* modules came or went, or the ids are another trace's */
    state->epoch = now;
    frames_forget(state);
  }
  if (unlikely(is_plain_way()))
    plain_walk(state, pc, sp);
  else
    walk_by_rules(state, pc, sp, rbp);
}

void capture_walk(struct capture *state, uintptr_t pc, uintptr_t sp, uintptr_t rbp,
                  struct capture_path *path) {
  path->pc = pc;
  path->sp = sp;
  path->rbp = rbp;
  path->flags = 0;
  if (state->epoch != atomic_load_explicit(&epoch, memory_order_acquire) || !rules_alone ||
      !is_same_stack(state, pc, sp, rbp))
    walk_anew(state, pc, sp, rbp);
  set_path(state, path);
  if (unlikely(state->until_check && --state->until_check == 0))
    check_stack(state, pc, sp);
}

/* The id was not found by the path's hash: its frames are needed, which are those of the state
 * unless another capture came between. */
static __attribute__((noinline)) uint32_t resolve_new(struct capture *state,
                                                      struct capture_path *path) {
  uint8_t flags = path->flags;
  if (path->generation != state->generation)
    capture_walk(state, path->pc, path->sp, path->rbp, path);
  return is_too_deep(state) ? insert_cut_path(state, flags) : insert_path(state, flags);
}

uint32_t capture_resolve(struct capture *state, struct capture_path *path) {
  if (path->id)
    return path->id;
  path->id = contexts_find(path->hash, path->hash_low);
  if (unlikely(path->id == 0))
    path->id = resolve_new(state, path);
  else if (path->generation == state->generation && likely(!is_too_deep(state)))
    state->frames[state->count - 1].id = path->id;
  return path->id;
}

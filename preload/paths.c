/* SPDX-License-Identifier: Apache-2.0 */
#include "paths.h"
#include "contexts.h"

/* ---- Whole paths -------------------------------------------------------------------------- */

/* Brings the index's lines for all frames without id: they are asked for one after the other. */
static void prefetch_path(const struct capture *state) {
  const struct frame *frame = frames_innermost(state);
  for (; frame > state->frames && !frame->id; frame--)
    contexts_prefetch(frame->hash);
}

uint32_t paths_insert(struct capture *state, uint32_t flags) {
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

/* ---- Paths that are cut ------------------------------------------------------------------- */

/* The outermost frame of a stack that is cut. */
static struct frame cut_frame(const struct capture *state, uint32_t depth) {
  struct frame frame = state->frames[state->count - depth];
  frame.flags |= SEEP_CONTEXT_TRUNCATED;
  return frame;
}

void paths_cut(const struct capture *state, uint32_t depth, struct capture_path *path) {
  uint64_t hash = FRAMES_HASH_START, other = FRAMES_HASH_START;
  struct frame outermost = cut_frame(state, depth);
  frames_mix_any(&hash, &other, &outermost);
  for (uint32_t i = state->count - depth + 1; i < state->count; i++)
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

uint32_t paths_insert_cut(const struct capture *state, uint32_t depth, uint32_t flags) {
  uint64_t hash = FRAMES_HASH_START, other = FRAMES_HASH_START;
  struct frame frame = cut_frame(state, depth);
  uint32_t id = 0;
  for (uint32_t i = state->count - depth; i < state->count; i++) {
    frames_mix_any(&hash, &other, &frame);
    id = insert(&frame, hash, other, id, i + 1 == state->count ? flags : 0);
    if (id == 0)
      return 0;
    if (i + 1 < state->count)
      frame = state->frames[i + 1];
  }
  return id;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "stacks.h"

#include "contexts.h"
#include "fakes.h"
#include "fallback.h"
#include "frames.h"
#include "loader.h"

#include <alloca.h>
#include <seep/format.h>
#include <seep/stage.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEEP 4096

__thread struct capture *stacks_self;
static __thread uintptr_t *theirs, *ours;
_Atomic unsigned long stacks_compared;
static _Atomic unsigned long differing;
bool stacks_comparing = true;
uint32_t stacks_last_id;
bool stacks_last_truncated;

void stacks_thread_start(void) {
  stacks_self = calloc(1, capture_state_bytes());
  theirs = calloc(DEEP * 16, sizeof *theirs);
  ours = calloc(DEEP * 16, sizeof *ours);
  capture_init(stacks_self);
}

void stacks_thread_stop(void) {
  capture_end(stacks_self);
  free(stacks_self);
  free(theirs);
  free(ours);
}

/* The path of an id, innermost first. */
static uint32_t read_back(uint32_t id, uintptr_t *pcs) {
  uint32_t count = 0;
  for (; id; count++) {
    const struct seep_node *node = contexts_node(id);
    if (!node || count == DEEP * 16)
      abort();
    uint64_t flags = node->place >> SEEP_NODE_FLAG_SHIFT & 0x7f;
    pcs[count] = (node->place & SEEP_ADDRESS_MASK) + fakes_bias(node->module);
    if (flags & SEEP_CONTEXT_EXACT)
      pcs[count] |= STEP_EXACT;
    id = node->parent;
  }
  return count;
}

uint32_t stacks_depth_of(uint32_t id) {
  return read_back(id, ours);
}

__attribute__((noinline)) void stacks_compare(uint32_t id, uintptr_t pc, uintptr_t sp) {
  uint32_t count = fallback_walk(stacks_self->fallback, pc, sp, theirs, DEEP * 16);
  bool same = count == read_back(id, ours) && memcmp(ours, theirs, count * sizeof *ours) == 0;
  stacks_compared++;
  if (!same && differing++ < 3)
    for (uint32_t i = 0; i < count && i < 12; i++)
      fprintf(stderr, "%2u ours %#lx theirs %#lx\n", i, (long)ours[i], (long)theirs[i]);
}

__attribute__((noinline)) void stacks_hook(void) {
  struct capture_path path;
  uintptr_t pc, sp, rbp;
  CAPTURE_HERE(pc, sp, rbp);
  capture_walk(stacks_self, pc, sp, rbp, &path);
  stacks_last_id = capture_resolve(stacks_self, &path);
  stacks_last_truncated = path.truncated;
  if (stacks_comparing)
    stacks_compare(stacks_last_id, pc, sp);
}

int stacks_begin(void **state) {
  (void)state;
  stacks_compared = differing = 0;
  stacks_comparing = true;
  return 0;
}

void stacks_check_agreed(unsigned long least) {
  assert_true(stacks_compared >= least);
  assert_int_equal(differing, 0);
}

static __thread uint64_t random_state = 0x9e3779b97f4a7c15ull;

void stacks_seed(uint64_t number) {
  random_state += number * 0x1234567;
}

uint32_t stacks_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state >> 16);
}

/* ---- Calls -------------------------------------------------------------------------------- */

static __attribute__((noinline)) void with_small_frame(int depth) {
  stacks_wander(depth - 1);
  stacks_hook();
}

static __attribute__((noinline)) void with_large_frame(int depth) {
  volatile char room[3000];
  room[0] = (char)depth;
  stacks_wander(depth - 1);
  room[1] = room[0];
}

/* Its frame goes by rbp, and stands elsewhere each time. */
static __attribute__((noinline)) void with_alloca(int depth) {
  volatile char *room = alloca(16 + stacks_random() % 500);
  room[0] = (char)depth;
  stacks_wander(depth - 1);
  stacks_hook();
  room[1] = room[0];
}

static __attribute__((noinline)) void with_realigned_frame(int depth) {
  _Alignas(64) volatile char room[64];
  volatile char *more = alloca(16 + stacks_random() % 100);
  room[0] = more[0] = (char)depth;
  stacks_wander(depth - 1);
  stacks_hook();
  more[1] = room[0];
}

void stacks_wander(int depth) {
  static void (*const ways[])(int) = {with_small_frame, with_large_frame, with_alloca,
                                      with_realigned_frame};
  if (depth <= 0)
    stacks_hook();
  else
    for (uint32_t times = 1 + stacks_random() % 2; times; times--)
      ways[stacks_random() % 4](depth - (int)(stacks_random() % 2));
}

__attribute__((noinline)) int stacks_recurse(int depth) {
  stacks_hook();
  int below = depth ? stacks_recurse(depth - 1) : 0;
  stacks_hook();
  return below + depth;
}

__attribute__((noinline)) int stacks_descend(int depth) {
  int below = depth ? stacks_descend(depth - 1) : (stacks_hook(), 0);
  __asm__ volatile("" : "+r"(below));
  return below + 1;
}

/* ---- Start -------------------------------------------------------------------------------- */

void stacks_restart(enum capture_way way, uint32_t depth, uint32_t verify_every) {
  const struct capture_options options = {way, depth, verify_every};
  capture_end(stacks_self);
  capture_start(&options);
  capture_init(stacks_self);
}

int stacks_start(void **state) {
  (void)state;
  const struct capture_options options = {CAPTURE_AUTO, 0, 0};
  loader_find();
  capture_start(&options);
  if (!fallback_start() || !contexts_start())
    return -1;
  capture_module_check(0);
  stacks_thread_start();
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Captures of code that comes and goes, of stacks that are cut, by libunwind, and checked against
 * it by the recorder itself.
 */
#include "stacks.h"

#include "contexts.h"
#include "frames.h"
#include "verify.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <seep/format.h>
#include <seep/stage.h>

/* ---- Libraries that come and go ----------------------------------------------------------- */

struct visit {
  void *address; /* of the library's function */
  uint32_t id;
};

static struct visit visit_plugin(const char *path, bool check) {
  void *library = dlopen(path, RTLD_NOW);
  assert_non_null(library);
  if (check)
    capture_module_check(0);
  void (*enter)(void (*)(void), int) =
      (void (*)(void (*)(void), int))(uintptr_t)dlsym(library, "plugin_enter");
  enter(stacks_hook, 3);
  struct visit visit = {(void *)(uintptr_t)enter, stacks_last_id};
  dlclose(library);
  if (check)
    capture_module_check(0);
  return visit;
}

static void libraries_in_turn(void **state) {
  (void)state;
  unsigned reused = 0;
  struct visit before = {0};
  for (int i = 0; i < 50; i++) {
    struct visit now = visit_plugin(i % 2 ? PLUGIN_A : PLUGIN_B, true);
    reused += now.address == before.address;
    assert_int_not_equal(now.id, before.id);
    before = now;
  }
  assert_true(reused > 25); /* else the test shows nothing */
  stacks_check_agreed(50);
}

/* A check of the check: if nobody is told that modules came and went, a library gets the ids of the
 * one that was in its place. */
static void libraries_in_turn_unnoticed(void **state) {
  (void)state;
  stacks_comparing = false;
  for (volatile int noticed = 0; noticed < 2; noticed++) { /* not unrolled: one call, one path */
    struct visit visits[2];
    for (volatile int i = 0; i < 2; i++)
      visits[i] = visit_plugin(i ? PLUGIN_C : PLUGIN_A, noticed);
    capture_module_check(0);
    assert_ptr_equal(visits[0].address, visits[1].address);
    assert_int_equal(visits[0].id == visits[1].id, !noticed);
  }
}

/* ---- Limits and ways ---------------------------------------------------------------------- */

static void stacks_cut_to_a_depth(void **state) {
  (void)state;
  stacks_comparing = false;
  stacks_restart(CAPTURE_AUTO, 5, 0);
  uint32_t ids[2];
  for (int i = 0; i < 2; i++) {
    (void)stacks_descend(30 + 10 * i);
    ids[i] = stacks_last_id;
    assert_true(stacks_last_truncated);
    assert_int_equal(stacks_depth_of(stacks_last_id), 5);
  }
  assert_int_equal(ids[0], ids[1]); /* the innermost five are the same */
  uint32_t id = stacks_last_id;
  for (int i = 0; i < 4; i++)
    id = contexts_node(id)->parent;
  assert_true(contexts_node(id)->place >> SEEP_NODE_FLAG_SHIFT & SEEP_CONTEXT_TRUNCATED);
  stacks_restart(CAPTURE_AUTO, 0, 0);
  (void)stacks_descend(30);
  assert_false(stacks_last_truncated);
}

static void plain_way(void **state) {
  (void)state;
  stacks_restart(CAPTURE_LIBUNWIND, 0, 0);
  while (stacks_compared < 2000)
    stacks_wander(6);
  (void)stacks_descend(3000);
  stacks_restart(CAPTURE_AUTO, 0, 0);
  stacks_check_agreed(2000);
}

static void self_check_agrees(void **state) {
  (void)state;
  stacks_restart(CAPTURE_AUTO, 0, 3);
  struct capture_counts before = capture_verification();
  stacks_comparing = false;
  for (int i = 0; i < 300; i++)
    stacks_hook();
  stacks_restart(CAPTURE_AUTO, 0, 0);
  struct capture_counts after = capture_verification();
  assert_int_equal(after.verified - before.verified, 100);
  assert_int_equal(after.skipped, before.skipped);
  assert_int_equal(after.disagreements, 0);
}

/* A check of the check: a stack with a wrong frame is noticed, and both stacks are handed out. */
static __attribute__((noinline)) void check_a_wrong_stack(void) {
  struct capture_path path;
  uintptr_t pc, sp, rbp;
  CAPTURE_HERE(pc, sp, rbp);
  capture_walk(stacks_self, pc, sp, rbp, &path);
  struct frame *second = &stacks_self->frames[stacks_self->count - 2];
  second->pc++;
  verify_stack(stacks_self, pc, sp);
  second->pc--;
}

static void self_check_disagrees(void **state) {
  (void)state;
  static struct verify_disagreement found;
  struct capture_counts before = capture_verification();
  check_a_wrong_stack();
  struct capture_counts after = capture_verification();
  assert_int_equal(after.disagreements - before.disagreements, 1);
  assert_true(verify_take(&found));
  assert_int_equal(found.ours_count, found.theirs_count);
  assert_int_equal(found.ours[0], found.theirs[0]);
  assert_int_equal(found.ours[1], found.theirs[1] + 1);
  assert_int_equal(found.ours[2], found.theirs[2]);
  assert_false(verify_take(&found));
}

/* On the smallest stack that a thread can have. */
static void *run_on_small_stack(void *argument) {
  stacks_self = argument;
  (void)stacks_recurse(20);
  return NULL;
}

static void smallest_stacks(void **state) {
  (void)state;
  stacks_comparing = false;
  stacks_last_id = 0;
  capture_end(stacks_self);
  capture_init(stacks_self);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  assert_int_equal(pthread_attr_setstacksize(&attributes, (size_t)PTHREAD_STACK_MIN), 0);
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, &attributes, run_on_small_stack, stacks_self), 0);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  assert_true(stacks_depth_of(stacks_last_id) >= 3);
  assert_false(stacks_last_truncated);
}

/* A capture in between (of a signal handler, say) does not change what a path stands for. */
static __attribute__((noinline)) uint32_t capture_around(void (*between)(void)) {
  struct capture_path path;
  uintptr_t pc, sp, rbp;
  CAPTURE_HERE(pc, sp, rbp);
  capture_walk(stacks_self, pc, sp, rbp, &path);
  between();
  uint32_t id = capture_resolve(stacks_self, &path);
  stacks_compare(id, pc, sp);
  return id;
}

static void capture_between_walk_and_resolve(void **state) {
  (void)state;
  assert_int_not_equal(capture_around(stacks_hook), 0);
  stacks_check_agreed(2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(libraries_in_turn, stacks_begin),
      cmocka_unit_test_setup(libraries_in_turn_unnoticed, stacks_begin),
      cmocka_unit_test_setup(stacks_cut_to_a_depth, stacks_begin),
      cmocka_unit_test_setup(plain_way, stacks_begin),
      cmocka_unit_test_setup(self_check_agrees, stacks_begin),
      cmocka_unit_test_setup(self_check_disagrees, stacks_begin),
      cmocka_unit_test_setup(smallest_stacks, stacks_begin),
      cmocka_unit_test_setup(capture_between_walk_and_resolve, stacks_begin),
  };
  return cmocka_run_group_tests(tests, stacks_start, NULL);
}

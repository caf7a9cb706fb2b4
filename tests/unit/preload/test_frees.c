/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"
#include "frees.h"
#include "settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct settings settings;
enum seep_clock clock_kind = SEEP_CLOCK_MONOTONIC_NS;

/* Seeds the drawing: each test, and each thread in it, draws otherwise. */
uint64_t clock_ns(clockid_t clock) {
  static uint64_t calls;
  (void)clock;
  return ++calls * 0x9e3779b97f4a7c15ull >> 20;
}
struct frees_seen {
  uint64_t samples, weights;
};

/* Frees from one place, as a hook counts them. */
static struct frees_seen free_often(struct frees *frees, unsigned place, uint64_t count) {
  struct frees_seen seen = {0};
  uintptr_t frame[2] = {0};
  frame[1] = place ^ (uintptr_t)frame >> 4;
  for (uint64_t i = 0; i < count; i++) {
    struct frees_count *due = frees_count(frees, frame);
    assert_ptr_equal(due, &frees->counts[place]);
    uint32_t weight = frees_due(due) ? frees_draw(frees, due) : 0;
    seen.samples += weight != 0;
    seen.weights += weight;
  }
  return seen;
}

static void test_first_frees_are_taken_then_windows_widen(void **state) {
  (void)state;
  static struct frees frees;
  settings.free_stacks = 1024;
  assert_int_equal(free_often(&frees, 1, 1).samples, 1);
  struct frees_seen few = free_often(&frees, 1, 100), many = free_often(&frees, 1, 1000000);
  assert_in_range(few.samples, 4, 9);
  assert_in_range(many.samples, 950, 1010);
  assert_in_range(many.weights, 990000, 1010000);
}

static void test_a_rare_place_is_not_drowned_by_a_busy_one(void **state) {
  (void)state;
  static struct frees frees;
  settings.free_stacks = 1024;
  free_often(&frees, 2, 100000);
  assert_in_range(free_often(&frees, 3, 50).samples, 4, 9);
}

static void test_a_new_thread_does_not_begin_with_the_first_window(void **state) {
  (void)state;
  static struct frees busy, fresh[1000];
  struct frees_seen all = {0};
  settings.free_stacks = 1024;
  free_often(&busy, 4, 1000000);
  for (size_t i = 0; i < 1000; i++) {
    struct frees_seen one = free_often(&fresh[i], 4, 100);
    all.samples += one.samples;
    all.weights += one.weights;
  }
  /* 100,000 frees of which each has the chance 1 / 1024 */
  assert_in_range(all.samples, 60, 140);
  assert_in_range(all.weights, 60 * 1024, 140 * 1024);
}

static void test_every_free_has_the_same_chance(void **state) {
  (void)state;
  static uint32_t drawn[64];
  settings.free_stacks = 16;
  static struct frees warm;
  free_often(&warm, 5, 1000);
  for (int run = 0; run < 20000; run++) {
    struct frees frees;
    memset(&frees, 0, sizeof frees);
    for (size_t i = 0; i < 64; i++)
      drawn[i] += free_often(&frees, 5, 1).samples != 0;
  }
  for (size_t i = 0; i < 64; i++)
    assert_in_range(drawn[i], 20000 / 16 - 200, 20000 / 16 + 200);
}

static void test_periods_are_not_met(void **state) {
  (void)state;
  static struct frees frees;
  uint64_t first = 0, samples = 0;
  settings.free_stacks = 1024;
  free_often(&frees, 6, 5000);
  for (int i = 0; i < 1024000; i++) {
    uint64_t one = free_often(&frees, 6, 1).samples;
    samples += one;
    first += i % 1024 < 512 ? one : 0;
  }
  assert_in_range(samples, 990, 1010);
  assert_in_range(first, 430, 570);
}

static void test_one_takes_all_and_off_takes_none(void **state) {
  (void)state;
  static struct frees all, none;
  settings.free_stacks = 1;
  struct frees_seen seen = free_often(&all, 7, 5000);
  assert_int_equal(seen.samples, 5000);
  assert_int_equal(seen.weights, 5000);
  settings.free_stacks = 0;
  assert_int_equal(free_often(&none, 8, 100000).samples, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_first_frees_are_taken_then_windows_widen),
      cmocka_unit_test(test_a_rare_place_is_not_drowned_by_a_busy_one),
      cmocka_unit_test(test_a_new_thread_does_not_begin_with_the_first_window),
      cmocka_unit_test(test_every_free_has_the_same_chance),
      cmocka_unit_test(test_periods_are_not_met),
      cmocka_unit_test(test_one_takes_all_and_off_takes_none),
  };
  return cmocka_run_group_tests_name("preload.frees", tests, NULL, NULL);
}

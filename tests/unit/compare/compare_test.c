/* SPDX-License-Identifier: Apache-2.0
 *
 * New, gone, grown, shrunk: by which figures, and in which order.
 */
#include "compare/compare.h"
#include "stock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct holding held(int build, const char *function, uint64_t blocks, uint64_t bytes) {
  return stock_holding(stock_call(build, function, "a.c", 10), blocks, bytes, blocks);
}

/* Each row as "grown a -5.0/1.0 " behind the other. */
static void expect_rows(const struct comparison *comparison, const char *expected) {
  char text[1024] = "";
  for (size_t i = 0; i < comparison->count; i++) {
    const struct compare_row *row = &comparison->rows[i];
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s %s %.1f/%.1f ", compare_change_word(row->change),
             compare_identity(row)->function, row->new.bytes - row->old.bytes,
             row->new.blocks - row->old.blocks);
  }
  assert_string_equal(text, expected);
}

static void every_change_has_its_kind(void **state) {
  (void)state;
  const struct holding before[] = {held(1, "gone", 1, 10),   held(1, "fixed", 2, 50),
                                   held(1, "grown", 3, 100), held(1, "shrunk", 4, 100),
                                   held(1, "same", 5, 7),    held(1, "empty", 0, 0),
                                   held(1, "blocks", 2, 64), held(1, "woke", 0, 0)};
  const struct holding after[] = {held(2, "fixed", 0, 0),   held(2, "grown", 3, 300),
                                  held(2, "shrunk", 4, 99), held(2, "same", 5, 7),
                                  held(2, "empty", 0, 0),   held(2, "blocks", 4, 64),
                                  held(2, "woke", 1, 3),    held(2, "new", 1, 0)};
  struct inventory old = stock_inventory(before, 8, 0, 1), new = stock_inventory(after, 8, 0, 1);
  struct comparison comparison;
  assert_true(compare_make(&comparison, &old, &new, COMPARE_NONE, 0));
  expect_rows(&comparison, "grown grown 200.0/0.0 gone fixed -50.0/-2.0 gone gone -10.0/-1.0 "
                           "new woke 3.0/1.0 shrunk shrunk -1.0/0.0 grown blocks 0.0/2.0 "
                           "new new 0.0/1.0 ");
  static const size_t changes[] = {2, 2, 2, 2, 1};
  assert_memory_equal(comparison.changes, changes, sizeof changes);
  assert_true(comparison.old_bytes == 331 && comparison.new_bytes == 473);
  compare_release(&comparison);
  inventory_release(&old);
  inventory_release(&new);
}

static void units_and_time_divide(void **state) {
  (void)state;
  const struct holding before[] = {held(1, "a", 10, 1000), held(1, "b", 10, 1000)};
  const struct holding after[] = {held(2, "a", 20, 2000), held(2, "b", 10, 1000)};
  struct inventory old = stock_inventory(before, 2, 10, 3600);
  struct inventory new = stock_inventory(after, 2, 20, 900);
  struct comparison comparison;
  assert_true(compare_make(&comparison, &old, &new, COMPARE_UNITS, 0));
  expect_rows(&comparison, "shrunk b -50.0/-0.5 ");
  compare_release(&comparison);
  assert_true(compare_make(&comparison, &old, &new, COMPARE_TIME, 0));
  expect_rows(&comparison, "grown a 7000.0/70.0 grown b 3000.0/30.0 ");
  compare_release(&comparison);
  inventory_release(&old);
  inventory_release(&new);
}

static void without_units_or_time_there_is_no_divisor(void **state) {
  (void)state;
  struct inventory none = {.units = 0, .seconds = 0};
  assert_true(compare_divisor(&none, COMPARE_UNITS) == 0);
  assert_true(compare_divisor(&none, COMPARE_TIME) == 0);
  assert_true(compare_divisor(&none, COMPARE_NONE) == 1);
}

static void tolerance_is_a_share_of_the_larger(void **state) {
  (void)state;
  const struct holding before[] = {held(1, "a", 10, 1000), held(1, "b", 10, 1000),
                                   held(1, "c", 1, 1)};
  const struct holding after[] = {held(2, "a", 10, 1052), held(2, "b", 10, 1054),
                                  held(2, "c", 0, 0)};
  struct inventory old = stock_inventory(before, 3, 0, 1), new = stock_inventory(after, 3, 0, 1);
  struct comparison comparison;
  assert_true(compare_make(&comparison, &old, &new, COMPARE_NONE, 0.05));
  expect_rows(&comparison, "grown b 54.0/0.0 gone c -1.0/-1.0 ");
  compare_release(&comparison);
  inventory_release(&old);
  inventory_release(&new);
}

static void equal_ones_and_empty_ones_do_not_differ(void **state) {
  (void)state;
  const struct holding some[] = {held(1, "a", 10, 1000), held(1, NULL, 3, 9)};
  struct inventory one = stock_inventory(some, 2, 3, 1), two = stock_inventory(some, 2, 3, 1);
  struct inventory empty = stock_inventory(NULL, 0, 3, 1);
  struct comparison comparison;
  for (int normal = 0; normal < COMPARE_NORMAL_COUNT; normal++) {
    assert_true(compare_make(&comparison, &one, &two, (enum compare_normal)normal, 0));
    assert_int_equal(comparison.count, 0);
    assert_int_equal(comparison.changes[COMPARE_SAME], 2);
    compare_release(&comparison);
  }
  assert_true(compare_make(&comparison, &empty, &empty, COMPARE_NONE, 0));
  assert_int_equal(comparison.count, 0);
  compare_release(&comparison);
  assert_true(compare_make(&comparison, &empty, &one, COMPARE_NONE, 0));
  assert_int_equal(comparison.changes[COMPARE_NEW], 2);
  compare_release(&comparison);
  inventory_release(&one);
  inventory_release(&two);
  inventory_release(&empty);
}

static void words(void **state) {
  (void)state;
  assert_int_equal(compare_normal_of("units"), COMPARE_UNITS);
  assert_int_equal(compare_normal_of("unit"), -1);
  assert_string_equal(compare_normal_word(COMPARE_TIME), "time");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_change_has_its_kind),
      cmocka_unit_test(units_and_time_divide),
      cmocka_unit_test(without_units_or_time_there_is_no_divisor),
      cmocka_unit_test(tolerance_is_a_share_of_the_larger),
      cmocka_unit_test(equal_ones_and_empty_ones_do_not_differ),
      cmocka_unit_test(words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

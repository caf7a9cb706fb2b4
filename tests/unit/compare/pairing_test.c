/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls are found again in other builds, and only where they are the same.
 */
#include "compare/pairing.h"
#include "stock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define MOST 8

/* Numbers both sides and expects old[i] to be paired with the new call at line expected[i] (0: with
 * none). The identities of each side must be in order. */
static void expect_pairs(struct identity *old, size_t old_count, struct identity *new,
                         size_t new_count, const uint32_t *expected) {
  const struct identity *old_list[MOST], *new_list[MOST];
  identity_number(old, old_count, sizeof *old);
  identity_number(new, new_count, sizeof *new);
  for (size_t i = 0; i < old_count; i++)
    old_list[i] = &old[i];
  for (size_t i = 0; i < new_count; i++)
    new_list[i] = &new[i];
  size_t *partner = pairing_new(old_list, old_count, new_list, new_count);
  assert_non_null(partner);
  for (size_t i = 0; i < old_count; i++)
    assert_int_equal(partner[i] == PAIRING_NONE ? 0 : new[partner[i]].line, expected[i]);
  free(partner);
}

/* The calls of one function, in builds 1 and 2. */
static void expect_lines(const uint32_t *old, size_t old_count, const uint32_t *new,
                         size_t new_count, const uint32_t *expected) {
  struct identity before[MOST], after[MOST];
  for (size_t i = 0; i < old_count; i++)
    before[i] = stock_call(1, "f", "a.c", old[i]);
  for (size_t i = 0; i < new_count; i++)
    after[i] = stock_call(2, "f", "a.c", new[i]);
  expect_pairs(before, old_count, after, new_count, expected);
}

#define LINES(...) (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4
#define EXPECTED(...) ((const uint32_t[]){__VA_ARGS__})

static void as_many_calls_are_paired_in_order(void **state) {
  (void)state;
  expect_lines(LINES(10, 20, 30), LINES(13, 29, 90), EXPECTED(13, 29, 90));
  expect_lines(LINES(10), LINES(5000), EXPECTED(5000));
}

static void a_call_more_or_less_is_told_by_the_shift_of_lines(void **state) {
  (void)state;
  expect_lines(LINES(10, 20, 30), LINES(13, 17, 23, 33), EXPECTED(13, 23, 33));
  expect_lines(LINES(10, 12, 20, 30), LINES(113, 123, 133), EXPECTED(113, 0, 123, 133));
  expect_lines(LINES(10, 20, 30), LINES(20, 30), EXPECTED(0, 20, 30));
  expect_lines(LINES(10, 20), LINES(10, 24, 50), EXPECTED(10, 24));
}

static void one_build_is_paired_by_place_alone(void **state) {
  (void)state;
  struct identity old[] = {stock_call(1, "f", "a.c", 10), stock_call(1, "f", "a.c", 20)};
  struct identity new[] = {stock_call(1, "f", "a.c", 20), stock_call(1, "f", "a.c", 30)};
  expect_pairs(old, 2, new, 2, EXPECTED(0, 20));
}

static void a_module_that_was_renamed_is_known_by_its_build(void **state) {
  (void)state;
  struct identity old = stock_call(1, "f", "a.c", 10), new = old;
  new.module = "demo.new";
  expect_pairs(&old, 1, &new, 1, EXPECTED(10));
  new = stock_call(2, "f", "a.c", 10);
  new.module = "demo.new";
  expect_pairs(&old, 1, &new, 1, EXPECTED(0));
}

static void a_function_that_was_renamed_is_another(void **state) {
  (void)state;
  struct identity old[] = {stock_call(1, "f", "a.c", 10), stock_call(1, "g", "a.c", 20)};
  struct identity new[] = {stock_call(2, "f2", "a.c", 10), stock_call(2, "g", "a.c", 21)};
  expect_pairs(old, 2, new, 2, EXPECTED(0, 21));
}

static void a_function_may_move_to_another_file(void **state) {
  (void)state;
  struct identity old[] = {stock_call(1, "f", "a.c", 10), stock_call(1, "f", "a.c", 20)};
  struct identity new[] = {stock_call(2, "f", "b.c", 110), stock_call(2, "f", "b.c", 120)};
  expect_pairs(old, 2, new, 2, EXPECTED(110, 120));
}

static void static_functions_of_one_name_are_told_apart_by_file(void **state) {
  (void)state;
  struct identity old[] = {stock_call(1, "init", "a.c", 10), stock_call(1, "init", "b.c", 20)};
  struct identity new[] = {stock_call(2, "init", "a.c", 500), stock_call(2, "init", "b.c", 5)};
  expect_pairs(old, 2, new, 2, EXPECTED(500, 5));
}

static void nameless_calls_are_known_in_one_build_alone(void **state) {
  (void)state;
  struct identity old = stock_call(1, NULL, NULL, 0), same = old,
                  other = stock_call(2, NULL, NULL, 0);
  old.offset = same.offset = other.offset = 0x100;
  const struct identity *from = &old, *to = &same;
  size_t *partner = pairing_new(&from, 1, &to, 1);
  assert_int_equal(partner[0], 0);
  free(partner);
  to = &other;
  partner = pairing_new(&from, 1, &to, 1);
  assert_true(partner[0] == PAIRING_NONE);
  free(partner);
}

static void nothing_is_paired_with_nothing(void **state) {
  (void)state;
  struct identity one = stock_call(1, "f", "a.c", 10);
  expect_pairs(&one, 1, NULL, 0, EXPECTED(0));
  expect_pairs(NULL, 0, &one, 1, NULL);
  expect_pairs(NULL, 0, NULL, 0, NULL);
}

/* So many calls that no shift is searched: still each is paired at most once. */
static void many_calls_are_paired_once_each(void **state) {
  (void)state;
  enum { OLD = 3000, NEW = 2500 };
  struct identity *old = calloc(OLD, sizeof *old), *new = calloc(NEW, sizeof *new);
  const struct identity **old_list = calloc(OLD, sizeof *old_list);
  const struct identity **new_list = calloc(NEW, sizeof *new_list);
  bool *taken = calloc(NEW, sizeof *taken);
  for (uint32_t i = 0; i < OLD; i++)
    old[i] = stock_call(1, "f", "a.c", 1 + i);
  for (uint32_t i = 0; i < NEW; i++)
    new[i] = stock_call(2, "f", "a.c", 100 + i);
  identity_number(old, OLD, sizeof *old);
  identity_number(new, NEW, sizeof *new);
  for (size_t i = 0; i < OLD; i++)
    old_list[i] = &old[i];
  for (size_t i = 0; i < NEW; i++)
    new_list[i] = &new[i];
  size_t *partner = pairing_new(old_list, OLD, new_list, NEW), paired = 0;
  for (size_t i = 0; i < OLD; i++) {
    if (partner[i] == PAIRING_NONE)
      continue;
    assert_false(taken[partner[i]]);
    taken[partner[i]] = true;
    paired++;
  }
  assert_int_equal(paired, NEW);
  free(partner);
  free(taken);
  free(old_list);
  free(new_list);
  free(old);
  free(new);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_many_calls_are_paired_in_order),
      cmocka_unit_test(a_call_more_or_less_is_told_by_the_shift_of_lines),
      cmocka_unit_test(one_build_is_paired_by_place_alone),
      cmocka_unit_test(a_module_that_was_renamed_is_known_by_its_build),
      cmocka_unit_test(a_function_that_was_renamed_is_another),
      cmocka_unit_test(a_function_may_move_to_another_file),
      cmocka_unit_test(static_functions_of_one_name_are_told_apart_by_file),
      cmocka_unit_test(nameless_calls_are_known_in_one_build_alone),
      cmocka_unit_test(nothing_is_paired_with_nothing),
      cmocka_unit_test(many_calls_are_paired_once_each),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

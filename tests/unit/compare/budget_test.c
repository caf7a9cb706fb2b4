/* SPDX-License-Identifier: Apache-2.0
 *
 * Which sites are over a budget.
 */
#include "compare/budget.h"
#include "stock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Per unit (of 10): large 100 bytes in 1 block, many 1 in 10, none 0, empty 0 bytes in 0.1. */
static struct inventory example(void) {
  const struct holding list[] = {stock_holding(stock_call(1, "large", "a.c", 1), 10, 1000, 10),
                                 stock_holding(stock_call(1, "many", "a.c", 2), 100, 10, 100),
                                 stock_holding(stock_call(1, "none", "a.c", 3), 0, 0, 10),
                                 stock_holding(stock_call(1, "empty", "a.c", 4), 1, 0, 1)};
  return stock_inventory(list, 4, 10, 1);
}

/* The functions over the budget, one behind the other. */
static void expect_over(const struct budget *budget, const char *expected) {
  struct inventory inventory = example();
  struct budget_result result;
  char text[256] = "";
  assert_true(budget_check(budget, &inventory, &result));
  for (size_t i = 0; i < result.count; i++) {
    strcat(text, result.list[i].holding->identity.function);
    strcat(text, " ");
  }
  assert_string_equal(text, expected);
  assert_int_equal(result.standing, 3);
  budget_release(&result);
  inventory_release(&inventory);
}

static struct budget limit(enum budget_limit which, double most) {
  struct budget budget = {.baseline = NULL};
  budget.has[which] = true;
  budget.most[which] = most;
  return budget;
}

static void a_limit_may_be_reached_and_not_exceeded(void **state) {
  (void)state;
  const struct {
    enum budget_limit which;
    double most;
    const char *over;
  } cases[] = {
      {BUDGET_BYTES, 1000, ""},
      {BUDGET_BYTES, 999, "large "},
      {BUDGET_BYTES, 0, "large many "},
      {BUDGET_BYTES_PER_UNIT, 100, ""},
      {BUDGET_BYTES_PER_UNIT, 99.9, "large "},
      {BUDGET_BYTES_PER_UNIT, 0, "large many "},
      {BUDGET_BLOCKS_PER_UNIT, 10, ""},
      {BUDGET_BLOCKS_PER_UNIT, 1, "many "},
      {BUDGET_BLOCKS_PER_UNIT, 0.1, "large many "},
      {BUDGET_BLOCKS_PER_UNIT, 0, "large many empty "},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct budget budget = limit(cases[i].which, cases[i].most);
    expect_over(&budget, cases[i].over);
  }
}

/* One site is called a leak, and holds something; another is, and holds nothing in the interval. */
static void a_leak_breaks_where_none_may_be(void **state) {
  (void)state;
  static const struct verdict leak = {.kind = VERDICT_LEAK};
  const struct budget budget = {.no_leaks = true}, other = limit(BUDGET_BYTES, 999);
  struct inventory inventory = example();
  struct budget_result result;
  assert_true(budget_check(&budget, &inventory, &result));
  assert_int_equal(result.count, 0);
  budget_release(&result);
  for (size_t i = 0; i < inventory.count; i++)
    if (inventory.list[i].identity.line == 2 || inventory.list[i].identity.line == 3)
      inventory.list[i].leak = &leak;
  assert_true(budget_check(&budget, &inventory, &result));
  assert_int_equal(result.count, 1);
  assert_string_equal(result.list[0].holding->identity.function, "many");
  assert_true(result.list[0].leaks);
  budget_release(&result);
  assert_true(budget_check(&other, &inventory, &result));
  assert_int_equal(result.count, 1);
  assert_false(result.list[0].leaks);
  budget_release(&result);
  inventory_release(&inventory);
}

static void any_limit_breaks(void **state) {
  (void)state;
  struct budget budget = limit(BUDGET_BYTES, 500);
  budget.has[BUDGET_BLOCKS_PER_UNIT] = true;
  budget.most[BUDGET_BLOCKS_PER_UNIT] = 5;
  expect_over(&budget, "large many ");
}

static void expect_over_with(const char *lines, struct budget budget, const char *expected) {
  char path[64], text[512] = "seep-baseline 1 per unit\n";
  struct baseline *baseline;
  struct trace_error error;
  stock_file(path, strcat(text, lines));
  assert_int_equal(baseline_read(path, &baseline, &error), TRACE_OK);
  unlink(path);
  budget.baseline = baseline;
  expect_over(&budget, expected);
  baseline_free(baseline);
}

#define LARGE(figures) figures "\tdemo\t1234\tlarge\t1/1\ta.c\t1\t0\n"
#define MANY(figures) figures "\tdemo\t1234\tmany\t1/1\ta.c\t2\t0\n"

static void a_baseline_alone_accepts_what_is_in_it(void **state) {
  (void)state;
  const struct budget none = {.baseline = NULL}, tenth = {.tolerance = 0.1};
  expect_over_with("", none, "large many empty ");
  expect_over_with(LARGE("100\t1"), none, "many empty ");
  expect_over_with(LARGE("99\t1"), none, "large many empty ");
  expect_over_with(LARGE("100\t0.5"), none, "large many empty ");
  expect_over_with(LARGE("92\t0.92"), tenth, "many empty ");
  expect_over_with(LARGE("90\t1"), tenth, "large many empty ");
}

static void a_baseline_beside_limits_excuses(void **state) {
  (void)state;
  expect_over_with(LARGE("100\t1"), limit(BUDGET_BYTES, 0), "many ");
  expect_over_with(MANY("1\t10"), limit(BUDGET_BYTES, 0), "large ");
  expect_over_with(LARGE("1\t1"), limit(BUDGET_BYTES, 1000), "");
}

static void units_are_needed_for_what_is_per_unit(void **state) {
  (void)state;
  struct baseline per_unit = {.per_unit = true}, per_run = {.per_unit = false};
  struct budget budget = limit(BUDGET_BYTES, 0);
  assert_false(budget_needs_units(&budget));
  budget.baseline = &per_run;
  assert_false(budget_needs_units(&budget));
  budget.baseline = &per_unit;
  assert_true(budget_needs_units(&budget));
  budget = limit(BUDGET_BLOCKS_PER_UNIT, 0);
  assert_true(budget_needs_units(&budget));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_limit_may_be_reached_and_not_exceeded),
      cmocka_unit_test(a_leak_breaks_where_none_may_be),
      cmocka_unit_test(any_limit_breaks),
      cmocka_unit_test(a_baseline_alone_accepts_what_is_in_it),
      cmocka_unit_test(a_baseline_beside_limits_excuses),
      cmocka_unit_test(units_are_needed_for_what_is_per_unit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

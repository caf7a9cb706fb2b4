/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rate.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool rate_close(double a, double b) {
  return fabs(a - b) < 1e-3;
}

/* Against values worked out by hand. */
static void rate_fits_a_line(void **state) {
  (void)state;
  const struct rate_point points[] = {{0, 0}, {1, 1}, {2, 3}, {3, 4}};
  struct rate rate;
  assert_true(rate_fit(&rate, points, 4));
  assert_true(rate_close(rate.slope, 1.4));
  double half = 4.303 * sqrt(0.2 / 2 / 5);
  assert_true(rate_close(rate.low, 1.4 - half) && rate_close(rate.high, 1.4 + half));
}

static void rate_of_two_points_has_no_interval(void **state) {
  (void)state;
  const struct rate_point points[] = {{10, 5}, {20, 25}}, same[] = {{10, 5}, {10, 25}};
  struct rate rate;
  assert_true(rate_fit(&rate, points, 2));
  assert_true(rate_close(rate.slope, 2) && isnan(rate.low) && isnan(rate.high));
  assert_false(rate_fit(&rate, same, 2));
}

static void rate_knows_student(void **state) {
  (void)state;
  assert_true(rate_close(rate_student(1), 12.706) && rate_close(rate_student(10), 2.228));
  assert_true(rate_close(rate_student(30), 2.042) && rate_close(rate_student(120), 1.980));
  assert_true(isinf(rate_student(0)));
}

static void rate_names_simple_numbers(void **state) {
  (void)state;
  static const struct {
    double value;
    unsigned top, bottom;
  } cases[] = {{1.004, 1, 1}, {0.996, 1, 1},     {3.02, 3, 1}, {0.3333, 1, 3},  {0.752, 3, 4},
               {0.667, 2, 3}, {0.01005, 1, 100}, {0.1, 1, 10}, {0.001, 1, 1000}};
  struct rate_fraction fraction;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_true(rate_exact(cases[i].value, &fraction));
    assert_int_equal(fraction.top, cases[i].top);
    assert_int_equal(fraction.bottom, cases[i].bottom);
  }
  static const double none[] = {0, -1, 1.02, 0.6, 0.0123, 1234.5, NAN};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_false(rate_exact(none[i], &fraction));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rate_fits_a_line),
      cmocka_unit_test(rate_of_two_points_has_no_interval),
      cmocka_unit_test(rate_knows_student),
      cmocka_unit_test(rate_names_simple_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/format.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void format_sizes(void **state) {
  (void)state;
  static const struct {
    uint64_t bytes;
    const char *text;
  } cases[] = {{0, "0 B"},
               {152, "152 B"},
               {1023, "1023 B"},
               {1024, "1.00 KiB"},
               {1536, "1.50 KiB"},
               {10234, "9.99 KiB"},
               {10239, "10.0 KiB"},
               {102399, "100 KiB"},
               {1048063, "1023 KiB"},
               {1048064, "1.00 MiB"},
               {1048575, "1.00 MiB"},
               {3435973837, "3.20 GiB"},
               {UINT64_MAX, "16.0 EiB"}};
  char out[FORMAT_BYTES];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(format_size(out, cases[i].bytes), cases[i].text);
}

static void format_signs(void **state) {
  (void)state;
  char out[FORMAT_BYTES];
  assert_string_equal(format_growth(out, 1536), "+1.50 KiB");
  assert_string_equal(format_growth(out, -5), "-5 B");
  assert_string_equal(format_growth(out, 0), "0 B");
  assert_string_equal(format_growth(out, INT64_MIN), "-8.00 EiB");
  assert_string_equal(format_change(out, 1234), "+1,234");
  assert_string_equal(format_change(out, INT64_MIN), "-9,223,372,036,854,775,808");
}

static void format_counts(void **state) {
  (void)state;
  char out[FORMAT_BYTES];
  assert_string_equal(format_count(out, 0), "0");
  assert_string_equal(format_count(out, 999), "999");
  assert_string_equal(format_count(out, 1000), "1,000");
  assert_string_equal(format_count(out, 1234567), "1,234,567");
  assert_string_equal(format_count(out, UINT64_MAX), "18,446,744,073,709,551,615");
  assert_string_equal(format_ratio(out, 1), "1.00");
  assert_string_equal(format_ratio(out, 1234.567), "1,234.57");
  assert_string_equal(format_ratio(out, -0.5), "-0.50");
}

static void format_times(void **state) {
  (void)state;
  static const struct {
    double seconds;
    const char *text;
  } cases[] = {{0, "0 s"},
               {-1, "0 s"},
               {0.00085, "850 us"},
               {0.0123, "12.3 ms"},
               {0.9999, "1.00 s"},
               {12.34, "12.3 s"},
               {60, "1 min 00 s"},
               {303, "5 min 03 s"},
               {3599.9, "1 h 00 min"},
               {11100, "3 h 05 min"},
               {180000, "2 d 02 h"}};
  char out[FORMAT_BYTES];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(format_duration(out, cases[i].seconds), cases[i].text);
  assert_string_equal(format_utc(out, 1767323045999999999u), "2026-01-02T03:04:05Z");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(format_sizes),
      cmocka_unit_test(format_signs),
      cmocka_unit_test(format_counts),
      cmocka_unit_test(format_times),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

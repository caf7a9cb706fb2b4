/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/ranges.h"

#include "fake.h"
#include <stdlib.h>

static long ranges_item(const struct ranges *ranges, uint64_t address) {
  const struct range *range = ranges_find(ranges, address);
  return range ? (long)range->item : -1;
}

static void test_nothing(void **state) {
  (void)state;
  struct ranges ranges = {0};
  ranges_finish(&ranges);
  assert_int_equal(ranges_item(&ranges, 0), -1);
  assert_true(ranges_add(&ranges, 5, 5, 0));
  assert_true(ranges_add(&ranges, UINT64_MAX, 4, 1));
  ranges_finish(&ranges);
  assert_int_equal(ranges_item(&ranges, 5), -1);
  ranges_release(&ranges);
}

static void test_nested(void **state) {
  (void)state;
  struct ranges ranges = {0};
  ranges_add(&ranges, 100, 200, 1);
  ranges_add(&ranges, 0, 1000, 0);
  ranges_add(&ranges, 120, 130, 2);
  ranges_add(&ranges, 120, 140, 3);
  ranges_add(&ranges, 120, 130, 4);
  ranges_finish(&ranges);
  assert_int_equal(ranges_item(&ranges, 99), 0);
  assert_int_equal(ranges_item(&ranges, 100), 1);
  assert_int_equal(ranges_item(&ranges, 125), 2);
  assert_int_equal(ranges_item(&ranges, 130), 3);
  assert_int_equal(ranges_item(&ranges, 140), 1);
  assert_int_equal(ranges_item(&ranges, 999), 0);
  assert_int_equal(ranges_item(&ranges, 1000), -1);
  ranges_release(&ranges);
}

/* The innermost of all that hold address, found the slow way. */
static long ranges_slow(const struct range *rows, size_t count, uint64_t address) {
  long best = -1;
  for (size_t i = 0; i < count; i++) {
    if (address < rows[i].start || address >= rows[i].stop)
      continue;
    if (best < 0 || rows[i].start > rows[best].start ||
        (rows[i].start == rows[best].start && rows[i].stop < rows[best].stop))
      best = (long)i;
  }
  return best;
}

static void test_like_a_slow_search(void **state) {
  (void)state;
  struct range rows[300];
  struct ranges ranges = {0};
  srand(1);
  for (uint32_t i = 0; i < 300; i++) {
    uint64_t start = (uint64_t)rand() % 5000;
    rows[i] = (struct range){.start = start, .stop = start + (uint64_t)rand() % 400};
    assert_true(ranges_add(&ranges, rows[i].start, rows[i].stop, i));
  }
  ranges_finish(&ranges);
  for (uint64_t address = 0; address < 5500; address++)
    assert_int_equal(ranges_item(&ranges, address), ranges_slow(rows, 300, address));
  ranges_release(&ranges);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_nothing),
      cmocka_unit_test(test_nested),
      cmocka_unit_test(test_like_a_slow_search),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

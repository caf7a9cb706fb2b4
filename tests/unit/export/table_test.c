/* SPDX-License-Identifier: Apache-2.0 */
#include "export/table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void table_numbers_things_as_they_come(void **state) {
  (void)state;
  struct table table = {0};
  assert_int_equal(table_text(&table, ""), 0);
  assert_int_equal(table_text(&table, "main"), 1);
  assert_int_equal(table_text(&table, "serve"), 2);
  assert_int_equal(table_text(&table, "main"), 1);
  assert_int_equal(table.count, 3);
  assert_string_equal(table_key(&table, 2), "serve");
  assert_null(table_key(&table, 3));
  table_release(&table);
}

static void table_tells_keys_by_all_their_bytes(void **state) {
  (void)state;
  struct table table = {0};
  assert_int_equal(table_number(&table, "a\0b", 3), 0);
  assert_int_equal(table_number(&table, "a\0c", 3), 1);
  assert_int_equal(table_number(&table, "a", 1), 2);
  assert_int_equal(table_number(&table, "a\0b", 3), 0);
  table_release(&table);
}

static void table_keeps_its_numbers_as_it_grows(void **state) {
  (void)state;
  struct table table = {0};
  for (uint32_t round = 0; round < 2; round++)
    for (uint32_t i = 0; i < 10000; i++) {
      char text[32];
      snprintf(text, sizeof text, "frame %u", (unsigned)i);
      assert_int_equal(table_text(&table, text), i);
    }
  assert_string_equal(table_key(&table, 9999), "frame 9999");
  assert_false(table.failed);
  table_release(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(table_numbers_things_as_they_come),
      cmocka_unit_test(table_tells_keys_by_all_their_bytes),
      cmocka_unit_test(table_keeps_its_numbers_as_it_grows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "standing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define BYTES 4096 /* 2,048 places */

void *arena_map(size_t bytes);
void *arena_map(size_t bytes) {
  return calloc(1, bytes);
}

void arena_unmap(void *start, size_t bytes);
void arena_unmap(void *start, size_t bytes) {
  (void)bytes;
  free(start);
}

static uint64_t address_of(uint64_t number) {
  return 0x7f0000000000 + number * 48;
}

static void it_has_what_was_put(void **state) {
  (void)state;
  assert_true(standing_start(BYTES));
  for (uint64_t i = 0; i < 200; i++)
    standing_put(address_of(i));
  for (uint64_t i = 200; i < 400; i++)
    assert_false(standing_take(address_of(i)));
  for (uint64_t i = 0; i < 200; i++)
    assert_true(standing_take(address_of(i)));
  for (uint64_t i = 0; i < 200; i++)
    assert_false(standing_take(address_of(i)));
}

static void an_address_is_taken_as_often_as_it_was_put(void **state) {
  (void)state;
  assert_true(standing_start(BYTES));
  standing_put(address_of(1));
  standing_put(address_of(1));
  assert_true(standing_take(address_of(1)));
  assert_true(standing_take(address_of(1)));
  assert_false(standing_take(address_of(1)));
}

static void a_full_set_never_says_no_to_what_was_put(void **state) {
  (void)state;
  assert_true(standing_start(BYTES));
  for (uint64_t i = 0; i < 20000; i++)
    standing_put(address_of(i));
  for (uint64_t i = 0; i < 20000; i++)
    assert_true(standing_take(address_of(i)));
}

static void it_is_empty_again_in_a_child(void **state) {
  (void)state;
  assert_true(standing_start(BYTES));
  standing_put(address_of(7));
  assert_true(standing_start(BYTES));
  assert_false(standing_take(address_of(7)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_has_what_was_put),
      cmocka_unit_test(an_address_is_taken_as_often_as_it_was_put),
      cmocka_unit_test(a_full_set_never_says_no_to_what_was_put),
      cmocka_unit_test(it_is_empty_again_in_a_child),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/maps.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGES 64

static void maps_check(const struct maps *maps, const char *model) {
  uint64_t bytes = 0;
  for (int page = 0; page < PAGES; page++)
    bytes += model[page] != 0;
  assert_int_equal(maps->bytes, bytes);
  uint64_t last = 0;
  for (size_t i = 0; i < maps->count; i++) {
    const struct map_range *range = &maps->ranges[i];
    assert_true(range->start >= last && range->stop > range->start);
    for (uint64_t at = range->start; at < range->stop; at++)
      assert_int_equal(model[at], (char)range->context);
    last = range->stop;
  }
}

/* Random ranges against an array of pages, each with its context. */
static void maps_agree_with_a_model(void **state) {
  (void)state;
  struct maps maps;
  char model[PAGES] = {0};
  unsigned seed = 3;
  maps_init(&maps);
  for (int i = 0; i < 20000; i++) {
    unsigned start = (unsigned)rand_r(&seed) % PAGES;
    unsigned bytes = (unsigned)rand_r(&seed) % (PAGES - start + 1);
    char context = (char)(rand_r(&seed) % 2 ? 1 + rand_r(&seed) % 100 : 0);
    memset(model + start, context, bytes);
    if (context)
      assert_true(maps_map(&maps, start, bytes, (uint32_t)context));
    else
      assert_true(maps_unmap(&maps, start, bytes));
    maps_check(&maps, model);
  }
  maps_release(&maps);
}

static void maps_bear_any_length(void **state) {
  (void)state;
  struct maps maps;
  maps_init(&maps);
  assert_true(maps_map(&maps, UINT64_MAX - 10, UINT64_MAX, 1));
  assert_int_equal(maps.bytes, 10);
  assert_true(maps_unmap(&maps, 0, UINT64_MAX));
  assert_int_equal(maps.bytes, 0);
  assert_int_equal(maps.count, 0);
  maps_release(&maps);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(maps_agree_with_a_model),
      cmocka_unit_test(maps_bear_any_length),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "dictionary.h"
#include "pairs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ALLOCATED 7 /* contexts */
#define FREED 9
#define WEIGHT 40

static struct workspace workspace;
static struct seep_record records[16];

static void put(enum seep_kind kind, uint64_t address, uint64_t what) {
  uint32_t at = workspace.record_count++;
  records[at] = (struct seep_record){
      .stamp = 100 + at, .where = address | (uint64_t)kind << SEEP_KIND_SHIFT, .what = what};
}

static void put_alloc(uint64_t address) {
  put(SEEP_KIND_ALLOC, address, (uint64_t)ALLOCATED << 32 | 64);
}

static void put_sampled(uint64_t address) {
  put(SEEP_KIND_SAMPLED, address, (uint64_t)FREED << 32 | WEIGHT);
}

static int begin(void **state) {
  (void)state;
  memset(&workspace, 0, sizeof workspace);
  workspace.records = records;
  return 0;
}

static void find(void) {
  struct pairs_tail tail = {0};
  pairs_find(&workspace, &tail, false);
}

static uint32_t context_of(uint32_t index) {
  return workspace.contexts[workspace.places[index]];
}

/* Whether the dictionary has the context of the frees. */
static bool knows_free(void) {
  uint32_t before = workspace.context_count;
  return dictionary_place(&workspace, FREED) < before;
}

static void test_a_plain_pair_is_dropped(void **state) {
  (void)state;
  put_alloc(0x1000);
  put(SEEP_KIND_FREE, 0x1000, 0);
  find();
  assert_int_equal(workspace.survivor_count, 0);
  assert_int_equal(workspace.pair_count, 1);
  assert_int_equal(workspace.pair_bytes, 64);
}

static void test_a_pair_whose_free_is_sampled_stays(void **state) {
  (void)state;
  put_alloc(0x1000);
  put_alloc(0x2000);
  put_sampled(0x1000);
  put(SEEP_KIND_FREE, 0x2000, 0);
  find();
  assert_int_equal(workspace.pair_count, 1);
  assert_int_equal(workspace.survivor_count, 2);
  assert_int_equal(workspace.survivors[0], 0);
  assert_int_equal(workspace.survivors[1], 2);
  assert_int_equal(context_of(0), ALLOCATED);
  assert_true(knows_free());
  assert_int_equal(workspace.temporary[workspace.places[0]], 1); /* that of the other pair */
}

static void test_a_sampled_temporary_is_counted_as_one(void **state) {
  (void)state;
  put_alloc(0x1000);
  put_sampled(0x1000);
  find();
  assert_int_equal(workspace.survivor_count, 2);
  assert_int_equal(workspace.temporary[workspace.places[0]], 1);
  assert_int_equal(workspace.last_allocation, 0);
}

static void test_the_free_of_an_earlier_block_has_its_context(void **state) {
  (void)state;
  put_sampled(0x3000);
  find();
  assert_int_equal(workspace.survivor_count, 1);
  assert_true(knows_free());
}

static void test_a_sampled_free_can_be_taken_back(void **state) {
  (void)state;
  put_alloc(0x1000);
  put_sampled(0x1000);
  put(SEEP_KIND_UNFREE, 0x1000, 0);
  find();
  assert_int_equal(workspace.survivor_count, 1);
  assert_int_equal(workspace.context_count, 1);
  assert_int_equal(workspace.last_allocation, 1);
}

static void test_the_peak_does_not_count_what_is_told(void **state) {
  (void)state;
  put_alloc(0x1000);
  put_alloc(0x2000);
  put(SEEP_KIND_FREE, 0x2000, 0);
  put_sampled(0x1000);
  find();
  assert_int_equal(workspace.peak_bytes, 64); /* of the dropped pair alone */
  assert_int_equal(workspace.peak_position, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(test_a_plain_pair_is_dropped, begin),
      cmocka_unit_test_setup(test_a_pair_whose_free_is_sampled_stays, begin),
      cmocka_unit_test_setup(test_a_sampled_temporary_is_counted_as_one, begin),
      cmocka_unit_test_setup(test_the_free_of_an_earlier_block_has_its_context, begin),
      cmocka_unit_test_setup(test_a_sampled_free_can_be_taken_back, begin),
      cmocka_unit_test_setup(test_the_peak_does_not_count_what_is_told, begin),
  };
  return cmocka_run_group_tests_name("preload.pairs", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"
#include "members.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define POOLS 5
#define BLOCKS 700
#define STEPS 200000
#define THREADS 4

static const struct members_range all = {.size = SIZE_MAX};
static bool no_memory;

void *arena_map(size_t bytes) {
  return no_memory ? NULL : calloc(1, bytes);
}

static enum members_result add(uintptr_t pool, uintptr_t address, size_t size, bool *was) {
  struct members_block block = {.address = address, .size = size};
  return members_add(pool, &block, was);
}

static void must_add(uintptr_t pool, uintptr_t address, size_t size) {
  bool was;
  assert_int_equal(add(pool, address, size, &was), MEMBERS_DONE);
  assert_false(was);
}

static bool take(uintptr_t pool, const struct members_range *range, struct members_walk *walk,
                 struct members_block *found) {
  enum members_result result;
  do
    result = members_take(pool, range, walk, found);
  while (result == MEMBERS_MORE);
  assert_int_not_equal(result, MEMBERS_BUSY);
  return result == MEMBERS_DONE;
}

static int count_taken(uintptr_t pool, const struct members_range *range) {
  struct members_walk walk = {0};
  struct members_block found;
  int count = 0;
  while (take(pool, range, &walk, &found))
    count++;
  return count;
}

static int end(void **state) {
  (void)state;
  uint32_t flags;
  for (uintptr_t pool = 1; pool <= POOLS; pool++)
    members_end(pool, &flags);
  return 0;
}

static void test_a_pool_has_its_own_blocks(void **state) {
  (void)state;
  struct members_block found;
  must_add(1, 0x1000, 10);
  must_add(2, 0x1000, 20);
  assert_int_equal(members_remove(3, 0x1000, &found), MEMBERS_NONE);
  assert_int_equal(members_remove(2, 0x1000, &found), MEMBERS_DONE);
  assert_int_equal(found.size, 20);
  assert_int_equal(members_remove(2, 0x1000, &found), MEMBERS_NONE);
  assert_int_equal(count_taken(1, &all), 1);
}

static void test_a_block_that_is_out_is_told_to_be(void **state) {
  (void)state;
  bool was;
  must_add(1, 0x1000, 10);
  assert_int_equal(add(1, 0x1000, 30, &was), MEMBERS_DONE);
  assert_true(was);
  struct members_block found;
  assert_int_equal(members_remove(1, 0x1000, &found), MEMBERS_DONE);
  assert_int_equal(found.size, 30);
}

static void test_flags_are_told_with_each_block(void **state) {
  (void)state;
  struct members_block block = {.address = 0x2000, .size = 8};
  uint32_t flags;
  bool was;
  assert_int_equal(members_begin(1, 2), MEMBERS_DONE);
  assert_int_equal(members_add(1, &block, &was), MEMBERS_DONE);
  assert_int_equal(block.flags, 2);
  assert_int_equal(members_begin(1, 3), MEMBERS_DONE);
  assert_int_equal(members_remove(1, 0x2000, &block), MEMBERS_DONE);
  assert_int_equal(block.flags, 3);
  assert_int_equal(members_end(1, &flags), MEMBERS_DONE);
  assert_int_equal(flags, 3);
  assert_int_equal(members_end(1, &flags), MEMBERS_NONE);
}

static void test_a_pool_that_ended_has_none(void **state) {
  (void)state;
  uint32_t flags;
  for (uintptr_t i = 0; i < 100; i++)
    must_add(1, i * 16, 16);
  assert_int_equal(members_end(1, &flags), MEMBERS_DONE);
  must_add(1, 0x1000, 1);
  assert_int_equal(count_taken(1, &all), 1);
}

static void test_ranges_cut_by_bytes(void **state) {
  (void)state;
  const struct members_range middle = {.from = 0x1040, .size = 0x80};
  const struct members_range outside = {.from = 0x1040, .size = 0x80, .outside = true};
  for (uintptr_t i = 0; i < 8; i++) /* 0x1000, 0x1028 … of 0x28 bytes each */
    must_add(1, 0x1000 + i * 0x28, 0x28);
  for (uintptr_t i = 0; i < 8; i++)
    must_add(2, 0x1000 + i * 0x28, 0x28);
  assert_int_equal(count_taken(1, &middle), 4);  /* from 0x1028, 0x1050, 0x1078 and 0x10a0 */
  assert_int_equal(count_taken(2, &outside), 6); /* all but those from 0x1050 and 0x1078 */
  assert_int_equal(count_taken(2, &all), 2);
}

static void test_a_walk_sees_each_block_once(void **state) {
  (void)state;
  const struct members_range range = {.from = 0, .size = 500 * 16};
  for (uintptr_t i = 1000; i-- > 0;)
    must_add(1, i * 16, 16);
  assert_int_equal(count_taken(1, &range), 500);
  assert_int_equal(count_taken(1, &range), 0);
  assert_int_equal(count_taken(1, &all), 500);
}

/* Everything that can happen to a few pools, against a plain array. */
static void test_random_steps_agree_with_a_model(void **state) {
  (void)state;
  static size_t model[POOLS + 1][BLOCKS]; /* size, or 0 */
  srand(7);
  for (int step = 0; step < STEPS; step++) {
    uintptr_t pool = 1 + (uintptr_t)rand() % POOLS, nth = (uintptr_t)rand() % BLOCKS;
    struct members_block found;
    bool was;
    if (rand() % 5000 == 0) {
      int held = 0;
      for (int i = 0; i < BLOCKS; i++)
        held += model[pool][i] != 0;
      assert_int_equal(count_taken(pool, &all), held);
      memset(model[pool], 0, sizeof model[pool]);
    } else if (rand() % 2) {
      size_t size = 1 + (size_t)rand() % 100;
      assert_int_equal(add(pool, 0x10000 + nth * 16, size, &was), MEMBERS_DONE);
      assert_int_equal(was, model[pool][nth] != 0);
      model[pool][nth] = size;
    } else {
      enum members_result result = members_remove(pool, 0x10000 + nth * 16, &found);
      assert_int_equal(result, model[pool][nth] ? MEMBERS_DONE : MEMBERS_NONE);
      if (result == MEMBERS_DONE)
        assert_int_equal(found.size, model[pool][nth]);
      model[pool][nth] = 0;
    }
  }
}

static void test_without_memory_nothing_is_changed(void **state) {
  (void)state;
  bool was;
  uintptr_t next = 0;
  no_memory = true;
  while (add(1, 0x100000 + next * 16, 16, &was) == MEMBERS_DONE)
    next++;
  assert_int_equal(add(1, 0x100000 + next * 16, 16, &was), MEMBERS_BUSY);
  no_memory = false;
  must_add(1, 0x100000 + next * 16, 16);
  assert_int_equal(count_taken(1, &all), next + 1);
}

static void *add_and_take(void *argument) {
  uintptr_t own = (uintptr_t)argument << 32;
  struct members_block found;
  for (uintptr_t i = 0; i < 20000; i++) {
    must_add(1, own + i * 16, 16);
    if (i % 2)
      assert_int_equal(members_remove(1, own + i * 16, &found), MEMBERS_DONE);
  }
  return NULL;
}

static void test_threads_share_a_pool(void **state) {
  (void)state;
  pthread_t threads[THREADS];
  for (uintptr_t i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, add_and_take, (void *)(i + 1)), 0);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  assert_int_equal(count_taken(1, &all), THREADS * 10000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(test_a_pool_has_its_own_blocks, end),
      cmocka_unit_test_teardown(test_a_block_that_is_out_is_told_to_be, end),
      cmocka_unit_test_teardown(test_flags_are_told_with_each_block, end),
      cmocka_unit_test_teardown(test_a_pool_that_ended_has_none, end),
      cmocka_unit_test_teardown(test_ranges_cut_by_bytes, end),
      cmocka_unit_test_teardown(test_a_walk_sees_each_block_once, end),
      cmocka_unit_test_teardown(test_random_steps_agree_with_a_model, end),
      cmocka_unit_test_teardown(test_without_memory_nothing_is_changed, end),
      cmocka_unit_test_teardown(test_threads_share_a_pool, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

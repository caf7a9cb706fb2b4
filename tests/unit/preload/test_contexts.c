/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree of contexts under several threads that insert the same paths: each id stands for what it
 * was inserted with, and few are given out twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "contexts.h"
#include "fakes.h"

#include <pthread.h>
#include <seep/format.h>
#include <seep/stage.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define PATHS 1000000u
#define FAN 7u /* children of a path */

/* A made-up tree: path n's parent is path n / FAN, its address made of n; path 0 is the empty one.
 */
static uint64_t hash_of(uint32_t path) {
  uint64_t mixed = (path + 1) * 0x9e3779b97f4a7c15ull;
  return (mixed ^ mixed >> 29) * 0xff51afd7ed558ccdull;
}

static uint32_t low_of(uint32_t path) {
  return (uint32_t)(hash_of(path) * 0x2545f4914f6cdd1dull >> 32);
}

static uintptr_t address_of(uint32_t path) {
  return 0x1000 + (uintptr_t)path * 16; /* no module is there */
}

static uint32_t insert_path(uint32_t path) {
  if (path == 0)
    return 0;
  uint32_t id = contexts_find(hash_of(path), low_of(path));
  return id ? id
            : contexts_insert(hash_of(path), low_of(path), insert_path(path / FAN),
                              address_of(path), path % 8);
}

static void check_id(uint32_t id, uint32_t path) {
  for (; path; path /= FAN) {
    const struct seep_node *node = contexts_node(id);
    assert_non_null(node);
    assert_int_equal(node->place & SEEP_ADDRESS_MASK, address_of(path));
    assert_int_equal(node->place >> SEEP_NODE_FLAG_SHIFT & 0x7f, path % 8);
    assert_int_equal(node->module, 0);
    id = node->parent;
  }
  assert_int_equal(id, 0);
}

struct work {
  pthread_t thread;
  uint32_t start;
};

static void *insert_all(void *argument) {
  const struct work *work = argument;
  for (uint32_t i = 0; i < PATHS; i++) {
    uint32_t path = 1 + (i + work->start) % PATHS;
    uint32_t id = insert_path(path);
    if (id == 0 || id > contexts_count())
      abort();
    if (i % 16 == 0)
      check_id(id, path);
  }
  return NULL;
}

static int start(void **state) {
  (void)state;
  return contexts_reset() ? 0 : -1;
}

static void all_threads_agree(void **state) {
  (void)state;
  struct work works[THREADS];
  size_t before = arena_resident();
  for (unsigned i = 0; i < THREADS; i++) {
    works[i].start = i / 2 * (PATHS / 2); /* two and two on the same paths */
    assert_int_equal(pthread_create(&works[i].thread, NULL, insert_all, &works[i]), 0);
  }
  for (unsigned i = 0; i < THREADS; i++)
    pthread_join(works[i].thread, NULL);
  print_message("%u ids for %u paths, %.1f bytes each beside the nodes\n", contexts_count(), PATHS,
                (double)(arena_resident() - before) / PATHS);
  /* A path gets a second id where its part of the index was busy: the more, the busier the machine.
   */
  assert_in_range(contexts_count(), PATHS, PATHS + PATHS / 5);
  assert_in_range(arena_resident() - before, 0, 32ull * PATHS);
  uint32_t left_out = 0; /* met a busy index each time they were inserted: now they are found */
  for (uint32_t path = 1; path <= PATHS; path++) {
    uint32_t id = contexts_find(hash_of(path), low_of(path));
    left_out += !id;
    check_id(insert_path(path), path);
    assert_int_not_equal(contexts_find(hash_of(path), low_of(path)), 0);
  }
  assert_in_range(left_out, 0, PATHS / 100);
}

static void one_thread_gives_each_id_once(void **state) {
  (void)state;
  for (uint32_t path = 1; path <= PATHS; path++)
    check_id(insert_path(path), path);
  assert_int_equal(contexts_count(), PATHS);
  for (uint32_t path = PATHS + 1; path <= PATHS + 1000; path++)
    assert_int_equal(contexts_find(hash_of(path), low_of(path)), 0);
}

static void equal_first_lanes_are_told_apart(void **state) {
  (void)state;
  for (uint32_t low = 0; low < 1000; low++)
    assert_int_equal(contexts_insert(77, low, 0, 0x1000 + low, 0), low + 1);
  for (uint32_t low = 0; low < 1000; low++)
    assert_int_equal(contexts_find(77, low), low + 1);
  assert_int_equal(contexts_insert(0, 0, 0, 0x5000, 0), 1001);
  assert_int_equal(contexts_find(0, 0), 1001);
}

/* Runs of 100 ids of which the last is left out, over the borders of words and segments. */
static void what_is_not_written_is_found_in_runs(void **state) {
  uint32_t id = 1, count, last;
  (void)state;
  for (uint32_t path = 1; path <= 200000; path++)
    (void)insert_path(path);
  last = contexts_count();
  assert_int_equal(contexts_first_unwritten(), 1);
  assert_int_equal(contexts_unwritten(&id, last + 1, UINT32_MAX), last);
  for (uint32_t first = 1; first + 99 <= last; first += 100)
    contexts_set_written(first, 99);
  for (id = 1; id + 99 <= last; id += count) {
    uint32_t expected = (id / 100 + 1) * 100;
    count = contexts_unwritten(&id, last + 1, UINT32_MAX);
    assert_int_equal(id, expected);
    assert_int_equal(count, 1);
  }
  assert_int_equal(contexts_first_unwritten(), 100);
  contexts_set_written(100, 1);
  assert_int_equal(contexts_first_unwritten(), 200);
  contexts_set_written(1, last);
  assert_int_equal(contexts_first_unwritten(), last + 1);
  assert_int_equal(contexts_unwritten(&id, last + 1, UINT32_MAX), 0);
  assert_true(id >= last);
}

static void module_and_offset_are_those_of_the_address(void **state) {
  (void)state;
  uintptr_t pc = (uintptr_t)&qsort + 5;
  const struct seep_node *node = contexts_node(contexts_insert(1, 1, 0, pc, 0));
  assert_int_not_equal(node->module, 0);
  assert_int_equal((node->place & SEEP_ADDRESS_MASK) + fakes_bias(node->module), pc);
}

static void no_stage_no_id(void **state) {
  (void)state;
  uint32_t path = 1;
  fakes_fail_stage(1);
  while (insert_path(path))
    path++;
  uint32_t count = contexts_count();
  assert_int_equal(insert_path(path + 1), 0);
  assert_int_equal(contexts_count(), count);
  check_id(contexts_find(hash_of(path - 1), low_of(path - 1)), path - 1);
  fakes_fail_stage(0);
  check_id(insert_path(path), path);
}

static void *insert_for_ever(void *argument) {
  for (uint32_t path = 1; !__atomic_load_n((int *)argument, __ATOMIC_RELAXED); path++)
    (void)insert_path(path);
  return NULL;
}

/* A child that was forked while another thread inserts, at any point of it, starts anew. */
static void children_start_anew(void **state) {
  (void)state;
  int stop = 0;
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, insert_for_ever, &stop), 0);
  for (int i = 0; i < 20; i++) {
    usleep(1000);
    pid_t child = fork();
    if (child == 0) {
      bool good = contexts_reset() && contexts_count() == 0;
      for (uint32_t path = 1; good && path <= 5000; path++)
        good = insert_path(path) == contexts_count() && contexts_count() == path;
      _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
  }
  __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
  pthread_join(thread, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(all_threads_agree, start),
      cmocka_unit_test_setup(one_thread_gives_each_id_once, start),
      cmocka_unit_test_setup(equal_first_lanes_are_told_apart, start),
      cmocka_unit_test_setup(what_is_not_written_is_found_in_runs, start),
      cmocka_unit_test_setup(module_and_offset_are_those_of_the_address, start),
      cmocka_unit_test_setup(no_stage_no_id, start),
      cmocka_unit_test_setup(children_start_anew, start),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

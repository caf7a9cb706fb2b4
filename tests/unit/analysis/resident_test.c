/* SPDX-License-Identifier: Apache-2.0
 *
 * How much of resident memory recorded blocks explain, at the readings of a trace.
 */
#include "analysis/resident.h"
#include "scene.h"
#include <seep/resident.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAP 0x5000000u
#define ARENA 0x7f0004000000u     /* its window's begin */
#define ELSEWHERE 0x7f1000000000u /* in no heap */
#define KIB 1024
#define MIB (1024 * KIB)
#define SECOND 1000000000u

/* 1 MiB of [heap], an arena, some of each other part; so many bytes of heaps and of memory beside
 * them are resident. */
static void read_at(struct scene *scene, uint64_t stamp, uint64_t heap, uint64_t anonymous) {
  const struct seep_resident found = {
      .parts = {heap, anonymous, 100 * KIB, 200 * KIB, 300 * KIB, 400 * KIB, 500 * KIB, 600 * KIB},
      .heap_start = HEAP,
      .heap_stop = HEAP + MIB,
      .window_count = 1,
      .windows = {ARENA >> SEEP_RESIDENT_WINDOW_BITS},
  };
  builder_resident(scene->builder, stamp, &found);
}

static void begin(struct scene *scene) {
  scene_begin(scene);
  builder_context(scene->builder, 1, 0, 1, 0x10, 0);
}

static void allocate(struct scene *scene, uint64_t stamp, uint64_t address, uint64_t size) {
  builder_alloc(scene->builder, 1, stamp, address, size, 1);
}

/* What was resident is the sum of the items, whatever they are. */
static void check_sum(const struct resident_state *state) {
  uint64_t sum = 0;
  for (int item = 0; item < RESIDENT_ITEMS; item++)
    sum += (uint64_t)state->items[item];
  assert_int_equal(sum, state->bytes);
}

static struct resident_change change_of(const struct scene *scene, size_t from, size_t to) {
  struct resident_change change;
  assert_true(resident_between(scene->analysis, from, to, &change));
  check_sum(&change.from);
  check_sum(&change.to);
  return change;
}

static void blocks_count_with_what_glibc_adds(void **unused) {
  (void)unused;
  struct scene scene;
  begin(&scene);
  read_at(&scene, 2000, 10 * KIB, 20 * KIB);
  allocate(&scene, 3000, HEAP + 16, 1);           /* a chunk of 32 */
  allocate(&scene, 3001, HEAP + 48, 24);          /* of 32 */
  allocate(&scene, 3002, HEAP + 80, 25);          /* of 48 */
  allocate(&scene, 3003, ARENA + 4096, 1000);     /* of 1,008 */
  allocate(&scene, 3004, ELSEWHERE + 16, 200000); /* a mapping of 49 pages */
  read_at(&scene, SECOND, 10 * KIB + 5000, 20 * KIB + 49 * 4096 + 3000);
  scene_analyse(&scene, SECOND + 1000, false, NULL);
  struct resident_change change = change_of(&scene, 0, 1);
  assert_int_equal(resident_growth(&change, RESIDENT_BLOCKS), 1 + 24 + 25 + 1000 + 200000);
  assert_int_equal(resident_growth(&change, RESIDENT_HEADERS),
                   31 + 8 + 23 + 8 + 49 * 4096 - 200000);
  assert_int_equal(resident_growth(&change, RESIDENT_FREE), 5000 - 32 - 32 - 48 - 1008);
  assert_int_equal(resident_growth(&change, RESIDENT_MAPPED), 3000);
  assert_int_equal(change.to.items[RESIDENT_UNTOUCHED], 0);
  assert_int_equal(change.to.items[RESIDENT_STACKS], 100 * KIB);
  assert_int_equal(change.to.items[RESIDENT_PROGRAM], 200 * KIB);
  assert_int_equal(change.to.items[RESIDENT_FILES], 300 * KIB);
  assert_int_equal(change.to.items[RESIDENT_SHARED], 400 * KIB);
  assert_int_equal(change.to.items[RESIDENT_RECORDER], 500 * KIB);
  assert_int_equal(change.to.items[RESIDENT_OTHER], 600 * KIB);
  assert_false(change.to.foreign);
  scene_end(&scene);
}

static void blocks_that_nobody_touched_count_below_nothing(void **unused) {
  (void)unused;
  struct scene scene;
  begin(&scene);
  read_at(&scene, 2000, 10 * KIB, 20 * KIB);
  allocate(&scene, 3000, ELSEWHERE + 16, 100 * MIB - 16);
  allocate(&scene, 3001, HEAP + 16, 200 * KIB - 8);
  read_at(&scene, SECOND, 50 * KIB, MIB);
  scene_analyse(&scene, SECOND + 1000, false, NULL);
  struct resident_change change = change_of(&scene, 0, 1);
  assert_int_equal(change.to.items[RESIDENT_UNTOUCHED], -(99 * MIB + 150 * KIB));
  assert_int_equal(change.to.items[RESIDENT_FREE], 0);
  assert_int_equal(change.to.items[RESIDENT_MAPPED], 0);
  scene_end(&scene);
}

/* A leak that fills what malloc had kept free: resident memory does not grow. */
static void free_memory_is_used_again(void **unused) {
  (void)unused;
  struct scene scene;
  begin(&scene);
  read_at(&scene, 2000, 512 * KIB, 0);
  for (uint64_t i = 0; i < 100; i++)
    allocate(&scene, 3000 + i, HEAP + 16 + i * 1024, 1000);
  read_at(&scene, SECOND, 512 * KIB, 0);
  scene_analyse(&scene, SECOND + 1000, false, NULL);
  struct resident_change change = change_of(&scene, 0, 1);
  assert_int_equal(change.to.bytes, change.from.bytes);
  assert_int_equal(resident_growth(&change, RESIDENT_BLOCKS), 100000);
  assert_int_equal(resident_growth(&change, RESIDENT_FREE), -100 * 1008);
  assert_int_equal(resident_growth(&change, RESIDENT_UNTOUCHED), 0);
  scene_end(&scene);
}

/* What stood when it was read: no block from later, none that was freed before. */
static void blocks_are_those_of_the_reading(void **unused) {
  (void)unused;
  struct scene scene;
  begin(&scene);
  allocate(&scene, 2000, HEAP + 16, 100);
  allocate(&scene, 2001, HEAP + 216, 200);
  read_at(&scene, 3000, MIB, 0);
  builder_free(scene.builder, 1, 4000, HEAP + 16);
  allocate(&scene, 4001, HEAP + 516, 400);
  allocate(&scene, 4002, SEEP_ADDRESS_OWN | (HEAP + 520), 50); /* of a pool: inside another */
  builder_mark(scene.builder, SEEP_MARK_LABEL, "warm", 0, SECOND);
  read_at(&scene, SECOND + 50, MIB, 0);
  builder_free(scene.builder, 1, SECOND + 60, HEAP + 216);
  read_at(&scene, 2 * SECOND, MIB, 0);
  scene_analyse(&scene, 2 * SECOND + 1000, false, NULL);
  assert_int_equal(resident_at(scene.analysis, 0).items[RESIDENT_BLOCKS], 300);
  assert_int_equal(resident_at(scene.analysis, 1).items[RESIDENT_BLOCKS], 600);
  assert_int_equal(resident_at(scene.analysis, 2).items[RESIDENT_BLOCKS], 400);
  struct resident_change change = change_of(&scene, 1, 2);
  assert_int_equal(change.from.stamp, SECOND + 50);
  assert_int_equal(change.to.stamp, 2 * SECOND);
  scene_end(&scene);
}

static void blocks_that_stand_for_others_count_as_many(void **unused) {
  (void)unused;
  struct scene scene;
  begin(&scene);
  read_at(&scene, 2000, 10 * KIB, 0);
  builder_share_shift(scene.builder, 2);
  allocate(&scene, 3000, HEAP + 16, 100);
  builder_drain(scene.builder, 1);
  read_at(&scene, SECOND, 20 * KIB, 0);
  scene_analyse(&scene, SECOND + 1000, false, NULL);
  struct resident_change change = change_of(&scene, 0, 1);
  assert_int_equal(resident_growth(&change, RESIDENT_BLOCKS), 400);
  assert_int_equal(resident_growth(&change, RESIDENT_HEADERS), 4 * 12);
  scene_end(&scene);
}

static void small_blocks_outside_of_heaps_are_another_mallocs(void **unused) {
  (void)unused;
  struct scene scene;
  begin(&scene);
  read_at(&scene, 2000, 10 * KIB, 0);
  for (uint64_t i = 0; i < 100; i++)
    allocate(&scene, 3000 + i, ELSEWHERE + 512 * i, 500);
  read_at(&scene, SECOND, 10 * KIB, 64 * KIB);
  scene_analyse(&scene, SECOND + 1000, false, NULL);
  struct resident_change change = change_of(&scene, 0, 1);
  assert_true(change.to.foreign);
  assert_int_equal(resident_growth(&change, RESIDENT_HEADERS), 0);
  assert_int_equal(resident_growth(&change, RESIDENT_MAPPED), 64 * KIB - 50000);
  scene_end(&scene);
}

static void without_two_readings_nothing_is_said(void **unused) {
  (void)unused;
  struct scene scene;
  struct resident_change change;
  begin(&scene);
  scene_analyse(&scene, SECOND, false, NULL);
  assert_false(resident_between(scene.analysis, 0, 1, &change));
  scene_end(&scene);
  begin(&scene);
  builder_mark(scene.builder, SEEP_MARK_LABEL, "late", 0, 2 * SECOND);
  read_at(&scene, 2000, 10 * KIB, 0);
  read_at(&scene, 3000, 10 * KIB, 0);
  scene_analyse(&scene, 3 * SECOND, false, NULL);
  assert_true(resident_between(scene.analysis, 0, 1, &change));
  assert_false(resident_between(scene.analysis, 1, 2, &change)); /* both have the same one */
  scene_end(&scene);
}

/* Whatever a trace says. */
static void numbers_without_sense_add_up_too(void **unused) {
  (void)unused;
  struct scene scene;
  begin(&scene);
  read_at(&scene, 2000, UINT64_MAX, UINT64_MAX - 5);
  builder_share_shift(scene.builder, 16);
  allocate(&scene, 3000, HEAP + 16, 1ull << 47);
  allocate(&scene, 3001, ELSEWHERE, 1ull << 47);
  builder_drain(scene.builder, 1);
  read_at(&scene, SECOND, 0, 1ull << 63);
  scene_analyse(&scene, SECOND + 1000, false, NULL);
  change_of(&scene, 0, 1);
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_count_with_what_glibc_adds),
      cmocka_unit_test(blocks_that_nobody_touched_count_below_nothing),
      cmocka_unit_test(free_memory_is_used_again),
      cmocka_unit_test(blocks_are_those_of_the_reading),
      cmocka_unit_test(blocks_that_stand_for_others_count_as_many),
      cmocka_unit_test(small_blocks_outside_of_heaps_are_another_mallocs),
      cmocka_unit_test(without_two_readings_nothing_is_said),
      cmocka_unit_test(numbers_without_sense_add_up_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/cells.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define PLACES 50
#define PERIODS 40

static void cells_count(struct cells *cells, uint32_t place, uint32_t birth, uint32_t death) {
  struct cell *cell = cells_get(cells, place, birth, death);
  assert_non_null(cell);
  cell->blocks++;
}

static void cells_are_found_again(void **state) {
  (void)state;
  struct cells cells;
  cells_init(&cells, 0);
  cells_count(&cells, 3, 5, CELL_ALLOCATED);
  cells_count(&cells, 3, 5, 5);
  cells_count(&cells, 3, 5, CELL_ALLOCATED);
  assert_int_equal(cells_get(&cells, 3, 5, CELL_ALLOCATED)->blocks, 2);
  assert_int_equal(cells_get(&cells, 3, 5, 5)->blocks, 1);
  assert_int_equal(cells.open_count, 2);
  cells_release(&cells);
}

static void cells_keep_every_field(void **state) {
  (void)state;
  struct cells cells;
  const struct cell kept[] = {
      {2, 7, CELL_ALLOCATED, 3, 300, 5000, 6000},
      {2, 7, CELL_TEMPORARY, 1, 0, UINT64_MAX, 0},
      {2, 0, 0, 128, 1u << 14, UINT64_MAX, 0},
      {2, 5, 5, 1, 0, 1000, 1000},
      {2, 0, UINT32_MAX - 2, UINT64_MAX, UINT64_MAX, 0, UINT64_MAX},
      {2, 70000, 70001, 1, 1, 1 /* before base */, 2},
  };
  cells_init(&cells, 1000);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    *cells_get(&cells, 2, kept[i].birth, kept[i].death) = kept[i];
  assert_true(cells_seal(&cells, 4));
  struct cells_walk walk = cells_of(&cells, 2);
  struct cell cell = {0};
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    assert_true(cells_next(&walk, &cell));
    assert_memory_equal(&cell, &kept[i], offsetof(struct cell, death) + sizeof cell.death);
    assert_int_equal(cell.blocks, kept[i].blocks);
    assert_int_equal(cell.bytes, kept[i].bytes);
    assert_true(cell.oldest == kept[i].oldest && cell.newest == kept[i].newest);
  }
  assert_false(cells_next(&walk, &cell));
  walk = cells_of(&cells, 3);
  assert_false(cells_next(&walk, &cell));
  cells_release(&cells);
}

/* What was counted is all there, in whichever period, and each place has its own. */
static void cells_keep_every_count(void **state) {
  (void)state;
  struct cells cells;
  static uint64_t counted[PLACES][PERIODS][PERIODS];
  unsigned seed = 11;
  cells_init(&cells, 0);
  for (uint32_t now = 0; now < PERIODS; now++) {
    for (int i = 0; i < 5000; i++) {
      uint32_t place = (uint32_t)rand_r(&seed) % PLACES;
      uint32_t birth = (uint32_t)rand_r(&seed) % (now + 1);
      cells_count(&cells, place, birth, now);
      counted[place][birth][now]++;
    }
    assert_true(cells_turn(&cells));
  }
  assert_true(cells_seal(&cells, PLACES));
  for (uint32_t place = 0; place < PLACES; place++) {
    struct cells_walk walk = cells_of(&cells, place);
    for (struct cell cell; cells_next(&walk, &cell);) {
      assert_int_equal(cell.place, place);
      assert_int_equal(cell.blocks, counted[place][cell.birth][cell.death]);
      counted[place][cell.birth][cell.death] = 0;
    }
  }
  for (size_t i = 0; i < PLACES * PERIODS * PERIODS; i++)
    assert_int_equal((&counted[0][0][0])[i], 0);
  cells_release(&cells);
}

/* Sums tell of a period ahead of its time: both parts count. */
static void cells_add_up_across_a_turn(void **state) {
  (void)state;
  struct cells cells;
  uint64_t blocks = 0;
  cells_init(&cells, 0);
  cells_count(&cells, 1, 7, 7);
  assert_true(cells_turn(&cells));
  cells_count(&cells, 1, 7, 7);
  cells_count(&cells, 1, 7, 7);
  assert_true(cells_seal(&cells, 2));
  struct cells_walk walk = cells_of(&cells, 1);
  for (struct cell cell; cells_next(&walk, &cell);)
    blocks += cell.blocks;
  assert_int_equal(blocks, 3);
  cells_release(&cells);
}

static void cells_without_any_are_sealed(void **state) {
  (void)state;
  struct cells cells;
  cells_init(&cells, 0);
  assert_true(cells_turn(&cells));
  assert_true(cells_seal(&cells, 3));
  struct cells_walk walk = cells_of(&cells, 2);
  struct cell cell;
  assert_false(cells_next(&walk, &cell));
  cells_release(&cells);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_are_found_again),        cmocka_unit_test(cells_keep_every_field),
      cmocka_unit_test(cells_keep_every_count),       cmocka_unit_test(cells_add_up_across_a_turn),
      cmocka_unit_test(cells_without_any_are_sealed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

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
  uint32_t position = cells_get(cells, place, birth, death);
  assert_int_not_equal(position, CELL_NONE);
  cells->cells[position].blocks++;
}

static void cells_are_found_again(void **state) {
  (void)state;
  struct cells cells;
  cells_init(&cells);
  uint32_t born = cells_get(&cells, 3, 5, CELL_ALLOCATED);
  uint32_t died = cells_get(&cells, 3, 5, 5);
  assert_int_not_equal(born, died);
  assert_int_equal(cells_get(&cells, 3, 5, CELL_ALLOCATED), born);
  assert_int_equal(cells_get(&cells, 3, 5, 5), died);
  assert_int_equal(cells.count, 2);
  cells_release(&cells);
}

/* What was counted is all there, in whichever period, and each place has its own. */
static void cells_keep_every_count(void **state) {
  (void)state;
  struct cells cells;
  static uint64_t counted[PLACES][PERIODS][PERIODS];
  unsigned seed = 11;
  cells_init(&cells);
  for (uint32_t now = 0; now < PERIODS; now++) {
    for (int i = 0; i < 5000; i++) {
      uint32_t place = (uint32_t)rand_r(&seed) % PLACES;
      uint32_t birth = (uint32_t)rand_r(&seed) % (now + 1);
      cells_count(&cells, place, birth, now);
      counted[place][birth][now]++;
    }
    cells_turn(&cells);
  }
  assert_true(cells_seal(&cells, PLACES));
  assert_int_equal(cells.first[0], 0);
  assert_int_equal(cells.first[PLACES], cells.count);
  for (uint32_t place = 0; place < PLACES; place++)
    for (size_t i = cells.first[place]; i < cells.first[place + 1]; i++) {
      const struct cell *cell = &cells.cells[i];
      assert_int_equal(cell->place, place);
      assert_int_equal(cell->blocks, counted[place][cell->birth][cell->death]);
      counted[place][cell->birth][cell->death] = 0;
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
  cells_init(&cells);
  cells_count(&cells, 1, 7, 7);
  cells_turn(&cells);
  cells_count(&cells, 1, 7, 7);
  cells_count(&cells, 1, 7, 7);
  assert_true(cells_seal(&cells, 2));
  for (size_t i = cells.first[1]; i < cells.first[2]; i++)
    blocks += cells.cells[i].blocks;
  assert_int_equal(blocks, 3);
  cells_release(&cells);
}

static void cells_without_any_are_sealed(void **state) {
  (void)state;
  struct cells cells;
  cells_init(&cells);
  cells_turn(&cells);
  assert_true(cells_seal(&cells, 3));
  assert_int_equal(cells.first[3], 0);
  cells_release(&cells);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_are_found_again),
      cmocka_unit_test(cells_keep_every_count),
      cmocka_unit_test(cells_add_up_across_a_turn),
      cmocka_unit_test(cells_without_any_are_sealed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

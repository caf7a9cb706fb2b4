/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/figure_set.h"

#include "report/columns.h"

#include <string.h>

static const struct {
  const char *name;
  int columns[COLUMN_COUNT + 1]; /* enum column_id, then -1 */
} sets[FIGURE_SETS] = {
    [FIGURE_SET_BYTES] = {"bytes",
                          {COLUMN_OUTSTANDING_BYTES, COLUMN_OUTSTANDING_BLOCKS, COLUMN_GROWTH_BYTES,
                           COLUMN_ALLOCATED_BYTES, COLUMN_ALLOCATIONS, COLUMN_PEAK_BYTES,
                           COLUMN_TEMPORARY, -1}},
    [FIGURE_SET_BLOCKS] = {"blocks",
                           {COLUMN_OUTSTANDING_BLOCKS, COLUMN_ALLOCATIONS, COLUMN_TEMPORARY,
                            COLUMN_OUTSTANDING_BYTES, -1}},
    [FIGURE_SET_PER_UNIT] = {"per unit",
                             {COLUMN_BYTES_PER_UNIT, COLUMN_BLOCKS_PER_UNIT,
                              COLUMN_OUTSTANDING_BYTES, COLUMN_OUTSTANDING_BLOCKS, -1}},
    [FIGURE_SET_PER_HOUR] = {"per hour",
                             {COLUMN_BYTES_PER_HOUR, COLUMN_BLOCKS_PER_HOUR,
                              COLUMN_OUTSTANDING_BYTES, COLUMN_OUTSTANDING_BLOCKS, -1}},
    [FIGURE_SET_AGES] = {"ages",
                         {COLUMN_OUTSTANDING_BYTES, COLUMN_OLDEST, COLUMN_MEDIAN, COLUMN_THREADS,
                          COLUMN_OUTSTANDING_BLOCKS, -1}},
    [FIGURE_SET_CHOSEN] = {"columns chosen", {-1}},
};

const int *figure_set_columns(enum figure_set set) {
  return sets[set].columns;
}

const char *figure_set_name(enum figure_set set) {
  return sets[set].name;
}

int figure_set_of(const char *name) {
  for (int set = 0; set < FIGURE_SETS; set++)
    if (strcmp(sets[set].name, name) == 0)
      return set;
  return -1;
}

static bool says_something(enum figure_set set, const struct figure_set_basis *basis) {
  return (set != FIGURE_SET_PER_UNIT || basis->units) &&
         (set != FIGURE_SET_PER_HOUR || basis->hours) &&
         (set != FIGURE_SET_CHOSEN || basis->choice);
}

enum figure_set figure_set_next(enum figure_set set, const struct figure_set_basis *basis) {
  do
    set = (enum figure_set)((set + 1) % FIGURE_SETS);
  while (!says_something(set, basis));
  return set;
}

enum figure_set figure_set_usable(enum figure_set set, const struct figure_set_basis *basis) {
  return says_something(set, basis) ? set : FIGURE_SET_BYTES;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands is first noted as changes (born here, freed there, old from then on), then added up.
 */
#include "analysis/cohort.h"
#include <stdlib.h>
#include <string.h>

bool cohort_init(struct cohort *cohort, const struct analysis *analysis) {
  *cohort = (struct cohort){.analysis = analysis};
  cohort->periods = calloc(analysis->calendar.count + 1, sizeof *cohort->periods);
  return cohort->periods != NULL;
}

void cohort_release(struct cohort *cohort) {
  free(cohort->periods);
  *cohort = (struct cohort){0};
}

/* Notes sign times the cell's blocks: standing from period at on, and old once they are ripe. */
static void cohort_note(struct cohort *cohort, const struct cell *cell, uint32_t at, int sign) {
  const struct calendar *calendar = &cohort->analysis->calendar;
  int64_t blocks = sign * (int64_t)cell->blocks, bytes = sign * (int64_t)cell->bytes;
  cohort->periods[at].stands += blocks;
  cohort->periods[at].stands_bytes += bytes;
  uint32_t ripe = calendar->ripe[cell->birth];
  if (ripe == CALENDAR_NEVER)
    return;
  struct cohort_period *old = &cohort->periods[at > ripe ? at : ripe];
  old->old += blocks;
  old->old_bytes += bytes;
  if (sign < 0 && at > ripe)
    old->old_freed -= blocks;
}

static void cohort_born(struct cohort *cohort, const struct cell *cell) {
  cohort->periods[cell->birth].born += (int64_t)cell->blocks;
  if (cell->birth < cohort->analysis->calendar.first && cell->newest > cohort->before_newest)
    cohort->before_newest = cell->newest;
}

static void cohort_add(struct cohort *cohort, const struct cell *cell) {
  const struct calendar *calendar = &cohort->analysis->calendar;
  struct cohort_period *birth = &cohort->periods[cell->birth];
  bool death = cell->death != CELL_ALLOCATED;
  int sign = death ? -1 : 1;
  if (cell->death == CELL_TEMPORARY)
    return;
  cohort_note(cohort, cell, death ? cell->death : cell->birth, sign);
  if (death)
    cohort->periods[cell->death].freed += (int64_t)cell->blocks;
  else
    cohort_born(cohort, cell);
  if (death && cell->death >= calendar->last)
    return;
  birth->kept += sign * (int64_t)cell->blocks;
  birth->kept_bytes += sign * (int64_t)cell->bytes;
}

static void cohort_accumulate(struct cohort *cohort) {
  for (size_t i = 1; i < cohort->analysis->calendar.count; i++) {
    const struct cohort_period *before = &cohort->periods[i - 1];
    struct cohort_period *period = &cohort->periods[i];
    period->stands += before->stands;
    period->stands_bytes += before->stands_bytes;
    period->old += before->old;
    period->old_bytes += before->old_bytes;
  }
}

static void cohort_sum(struct cohort *cohort) {
  const struct calendar *calendar = &cohort->analysis->calendar;
  cohort->born = cohort->kept = cohort->kept_bytes = cohort->freed = cohort->before_kept = 0;
  cohort->before = cohort->before_bytes = 0;
  if (calendar->first) {
    cohort->before = cohort->periods[calendar->first - 1].stands;
    cohort->before_bytes = cohort->periods[calendar->first - 1].stands_bytes;
  }
  for (size_t i = 0; i < calendar->first; i++)
    cohort->before_kept += cohort->periods[i].kept;
  for (size_t i = calendar->first; i < calendar->last; i++) {
    cohort->born += cohort->periods[i].born;
    cohort->freed += cohort->periods[i].freed;
    cohort->kept += cohort->periods[i].kept;
    cohort->kept_bytes += cohort->periods[i].kept_bytes;
  }
}

void cohort_take(struct cohort *cohort, const uint32_t *places, size_t count) {
  const struct cells *cells = &cohort->analysis->ledger.cells;
  cohort->before_newest = 0;
  memset(cohort->periods, 0, cohort->analysis->calendar.count * sizeof *cohort->periods);
  for (size_t i = 0; i < count; i++) {
    struct cells_walk walk = cells_of(cells, places[i]);
    for (struct cell cell; cells_next(&walk, &cell);)
      cohort_add(cohort, &cell);
  }
  cohort_accumulate(cohort);
  cohort_sum(cohort);
}

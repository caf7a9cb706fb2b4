/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/ahead.h"

/* How many postings before its turn what is asked for: */
#define AHEAD_PLACE 20 /* its place */
#define AHEAD_INDEX 12 /* its groups and bands, and where its cell stands in the index */
#define AHEAD_CELL 5

_Static_assert(AHEAD_INDEX < AHEAD_RING, "a posting's cell lasts until its turn");

/* The cell that a posting will be counted in; place 0: none, or the place is not made yet. */
static struct ahead_cell ahead_expect(const struct ahead *ahead, size_t index) {
  const struct ledger *ledger = ahead->ledger;
  const struct posting *posting = &ahead->batch->list[index];
  uint32_t now = (uint32_t)ledger->interval;
  if (posting->place >= ledger->places.count)
    return (struct ahead_cell){.place = 0};
  if (posting->kind == POSTING_BIRTH)
    return (struct ahead_cell){posting->place, now, CELL_ALLOCATED};
  if (posting->kind != POSTING_DEATH)
    return (struct ahead_cell){.place = 0};
  return (struct ahead_cell){posting->place, (uint32_t)periods_at(ledger->periods, posting->birth),
                             now};
}

static void ahead_place(const struct ahead *ahead, size_t index) {
  if (index >= ahead->batch->count)
    return;
  uint32_t place = ahead->batch->list[index].place;
  if (place < ahead->ledger->places.count)
    places_prefetch(&ahead->ledger->places, place);
}

static void ahead_index(struct ahead *ahead, size_t index) {
  const struct ledger *ledger = ahead->ledger;
  struct ahead_cell *cell = &ahead->ring[index % AHEAD_RING];
  if (index >= ahead->batch->count)
    return;
  *cell = ahead_expect(ahead, index);
  if (!cell->place)
    return;
  places_prefetch_groups(&ledger->places, cell->place);
  cells_prefetch_slot(&ledger->cells, cell->place, cell->birth, cell->death);
  const struct posting *posting = &ahead->batch->list[index];
  if (posting->kind == POSTING_DEATH)
    spectrum_prefetch(&ledger->spectrum, ledger->places.list[cell->place].site, posting->size,
                      posting->now - posting->birth);
}

static void ahead_cell(const struct ahead *ahead, size_t index) {
  const struct ahead_cell *cell = &ahead->ring[index % AHEAD_RING];
  if (index < ahead->batch->count && cell->place)
    cells_prefetch(&ahead->ledger->cells, cell->place, cell->birth, cell->death);
}

void ahead_start(struct ahead *ahead, const struct ledger *ledger,
                 const struct postings_batch *batch) {
  ahead->ledger = ledger;
  ahead->batch = batch;
  for (size_t i = 0; i < AHEAD_PLACE; i++)
    ahead_place(ahead, i);
  for (size_t i = 0; i < AHEAD_INDEX; i++)
    ahead_index(ahead, i);
  for (size_t i = 0; i < AHEAD_CELL; i++)
    ahead_cell(ahead, i);
}

void ahead_step(struct ahead *ahead, size_t index) {
  ahead_place(ahead, index + AHEAD_PLACE);
  ahead_index(ahead, index + AHEAD_INDEX);
  ahead_cell(ahead, index + AHEAD_CELL);
}

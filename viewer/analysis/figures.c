/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/figures.h"
#include <stdlib.h>

bool figures_span_init(struct figures_span *span, const struct analysis *analysis, size_t from,
                       size_t to) {
  size_t threads = analysis->trace->thread_count + 1;
  *span = (struct figures_span){.analysis = analysis,
                                .from = (uint32_t)from,
                                .to = (uint32_t)to,
                                .seen_count = (uint32_t)threads};
  span->seen = calloc(threads, sizeof *span->seen);
  return span->seen != NULL;
}

void figures_span_release(struct figures_span *span) {
  free(span->seen);
}

static bool figures_inside(const struct figures_span *span, uint32_t interval) {
  return interval >= span->from && interval < span->to;
}

/* A cell of blocks that were born in the interval and died behind it. */
static bool figures_outlived(const struct figures_span *span, const struct cell *cell) {
  return figures_inside(span, cell->birth) && cell->death < CELL_TEMPORARY &&
         cell->death >= span->to;
}

static void figures_add_birth(const struct cell *cell, struct analysis_figures *figures) {
  figures->allocations += cell->blocks;
  figures->allocated_bytes += cell->bytes;
  figures->outstanding_blocks += cell->blocks;
  figures->outstanding_bytes += cell->bytes;
  figures->growth_blocks += (int64_t)cell->blocks;
  figures->growth_bytes += (int64_t)cell->bytes;
}

static void figures_add_death(const struct figures_span *span, const struct cell *cell,
                              struct analysis_figures *figures) {
  if (figures_inside(span, cell->death)) {
    figures->frees += cell->blocks;
    figures->freed_bytes += cell->bytes;
    figures->growth_blocks -= (int64_t)cell->blocks;
    figures->growth_bytes -= (int64_t)cell->bytes;
  }
  if (figures_inside(span, cell->birth) && cell->death < span->to) {
    figures->outstanding_blocks -= cell->blocks;
    figures->outstanding_bytes -= cell->bytes;
  }
}

static void figures_add_cell(const struct figures_span *span, const struct cell *cell,
                             struct analysis_figures *figures) {
  if (cell->death == CELL_ALLOCATED) {
    if (figures_inside(span, cell->birth))
      figures_add_birth(cell, figures);
  } else if (cell->death == CELL_TEMPORARY) {
    if (figures_inside(span, cell->birth))
      figures->temporary_allocations += cell->blocks;
  } else {
    figures_add_death(span, cell, figures);
  }
}

struct figures_cells {
  const struct cell *cell, *end;
};

static struct figures_cells figures_cells(const struct figures_span *span, uint32_t place) {
  const struct cells *cells = &span->analysis->ledger.cells;
  return (struct figures_cells){cells->cells + cells->first[place],
                                cells->cells + cells->first[place + 1]};
}

/* The survivors of place that were born in the interval: stamps [first, stop). */
static void figures_survivors(const struct figures_span *span, uint32_t place, size_t *first,
                              size_t *stop) {
  const struct analysis *analysis = span->analysis;
  const struct survivors *survivors = &analysis->survivors;
  uint64_t from = moments_bound(&analysis->moments, span->from);
  uint64_t to = moments_bound(&analysis->moments, span->to);
  *first = survivors->first[place] + survivors_before(survivors, place, from);
  *stop = survivors->first[place] + survivors_before(survivors, place, to);
}

/* Birth stamps that the outstanding blocks of place lie between. */
static void figures_range(const struct figures_span *span, uint32_t place, uint64_t *oldest,
                          uint64_t *newest) {
  struct figures_cells range = figures_cells(span, place);
  size_t first, stop;
  figures_survivors(span, place, &first, &stop);
  const uint64_t *stamps = span->analysis->survivors.stamps;
  if (first < stop && stamps[first] < *oldest)
    *oldest = stamps[first];
  if (first < stop && stamps[stop - 1] > *newest)
    *newest = stamps[stop - 1];
  for (; range.cell < range.end; range.cell++) {
    if (!figures_outlived(span, range.cell))
      continue;
    if (range.cell->oldest < *oldest)
      *oldest = range.cell->oldest;
    if (range.cell->newest > *newest)
      *newest = range.cell->newest;
  }
}

/* Of a cell's blocks, those born at or before stamp, as if births were even between the oldest and
 * the newest. */
static uint64_t figures_cell_until(const struct cell *cell, uint64_t stamp) {
  if (stamp < cell->oldest)
    return 0;
  if (stamp >= cell->newest)
    return cell->blocks;
  double share = (double)(stamp - cell->oldest) / (double)(cell->newest - cell->oldest);
  return 1 + (uint64_t)((double)(cell->blocks - 1) * share);
}

/* Outstanding blocks of place born at or before stamp. */
static uint64_t figures_until(const struct figures_span *span, uint32_t place, uint64_t stamp) {
  size_t first, stop;
  figures_survivors(span, place, &first, &stop);
  const struct survivors *survivors = &span->analysis->survivors;
  size_t until = survivors->first[place] + survivors_before(survivors, place, stamp + 1);
  until = until < stop ? until : stop;
  uint64_t blocks = until > first ? until - first : 0;
  struct figures_cells range = figures_cells(span, place);
  for (; range.cell < range.end; range.cell++)
    if (figures_outlived(span, range.cell))
      blocks += figures_cell_until(range.cell, stamp);
  return blocks;
}

/* The earliest stamp until which half of the blocks were born, by bisection: stamps of a place are
 * sorted, so that counting is cheap and nothing has to be merged. */
static uint64_t figures_median(const struct figures_span *span, const uint32_t *places,
                               size_t count, uint64_t blocks, uint64_t oldest, uint64_t newest) {
  while (oldest < newest) {
    uint64_t middle = oldest + (newest - oldest) / 2, until = 0;
    for (size_t i = 0; i < count; i++)
      until += figures_until(span, places[i], middle);
    if (until >= (blocks + 1) / 2)
      newest = middle;
    else
      oldest = middle + 1;
  }
  return oldest;
}

static void figures_ages(const struct figures_span *span, const uint32_t *places, size_t count,
                         struct analysis_figures *figures) {
  uint64_t oldest = UINT64_MAX, newest = 0;
  for (size_t i = 0; i < count; i++)
    figures_range(span, places[i], &oldest, &newest);
  if (newest < oldest)
    return;
  figures->oldest_stamp = oldest;
  figures->median_stamp =
      figures_median(span, places, count, figures->outstanding_blocks, oldest, newest);
}

/* Adds place's cells; whether its thread allocated in the interval. */
static bool figures_add_place(const struct figures_span *span, uint32_t place,
                              struct analysis_figures *figures) {
  struct figures_cells range = figures_cells(span, place);
  uint64_t before = figures->allocations;
  for (; range.cell < range.end; range.cell++)
    figures_add_cell(span, range.cell, figures);
  return figures->allocations > before;
}

void figures_take(struct figures_span *span, const uint32_t *places, size_t count,
                  struct analysis_figures *figures) {
  *figures = (struct analysis_figures){0};
  span->round++;
  for (size_t i = 0; i < count; i++) {
    bool allocated = figures_add_place(span, places[i], figures);
    uint32_t thread = span->analysis->ledger.places.list[places[i]].thread;
    thread = thread < span->seen_count ? thread : 0;
    if (!allocated || span->seen[thread] == span->round)
      continue;
    span->seen[thread] = span->round;
    figures->threads++;
  }
  if (figures->outstanding_blocks)
    figures_ages(span, places, count, figures);
}

void figures_add(struct analysis_figures *sum, const struct analysis_figures *part) {
  sum->outstanding_blocks += part->outstanding_blocks;
  sum->outstanding_bytes += part->outstanding_bytes;
  sum->allocations += part->allocations;
  sum->allocated_bytes += part->allocated_bytes;
  sum->frees += part->frees;
  sum->freed_bytes += part->freed_bytes;
  sum->temporary_allocations += part->temporary_allocations;
  sum->growth_blocks += part->growth_blocks;
  sum->growth_bytes += part->growth_bytes;
  if (part->oldest_stamp && (!sum->oldest_stamp || part->oldest_stamp < sum->oldest_stamp))
    sum->oldest_stamp = part->oldest_stamp;
  sum->median_stamp = 0;
  sum->threads = 0;
  sum->peak_bytes = sum->peak_blocks = 0;
}

bool figures_empty(const struct analysis_figures *figures) {
  return !figures->allocations && !figures->frees && !figures->temporary_allocations &&
         !figures->outstanding_blocks && !figures->growth_blocks && !figures->growth_bytes;
}

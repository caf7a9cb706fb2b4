/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/figures.h"
#include "analysis/array.h"
#include "analysis/whole.h"

bool figures_span_init(struct figures_span *span, const struct analysis *analysis, size_t from,
                       size_t to) {
  size_t threads = analysis->trace->thread_count + 1;
  *span = (struct figures_span){.analysis = analysis,
                                .from = (uint32_t)analysis->cuts.bounds[from],
                                .to = (uint32_t)analysis->cuts.bounds[to],
                                .seen_count = (uint32_t)threads};
  span->seen = calloc(threads, sizeof *span->seen);
  return span->seen != NULL;
}

void figures_span_release(struct figures_span *span) {
  free(span->seen);
  free(span->births);
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

static struct cells_walk figures_cells(const struct figures_span *span, uint32_t place) {
  return cells_of(&span->analysis->ledger.cells, place);
}

/* ---- Ages -------------------------------------------------------------------------------------
 * The birth stamps of a row's outstanding blocks are collected, and the median selected. Survivors
 * have theirs; of blocks that died behind the interval only the range is known, and they are taken
 * as spread evenly over it. */

static void figures_collect_survivors(struct figures_span *span, uint32_t place, size_t room) {
  const struct survivors *survivors = &span->analysis->survivors;
  uint64_t from = periods_bound(&span->analysis->periods, span->from);
  uint64_t to = periods_bound(&span->analysis->periods, span->to);
  for (size_t i = survivors->first[place]; i < survivors->first[place + 1]; i++)
    if (survivors->stamps[i] >= from && survivors->stamps[i] < to && span->birth_count < room)
      span->births[span->birth_count++] = survivors->stamps[i];
}

static void figures_collect_cell(struct figures_span *span, const struct cell *cell, size_t room) {
  uint64_t range = cell->newest - cell->oldest;
  double step = cell->blocks > 1 ? (double)range / (double)(cell->blocks - 1) : 0;
  for (uint64_t i = 0; i < cell->blocks && span->birth_count < room; i++)
    span->births[span->birth_count++] = cell->oldest + whole_of((double)i * step);
}

static void figures_collect(struct figures_span *span, uint32_t place, size_t room) {
  figures_collect_survivors(span, place, room);
  if (!span->outlived)
    return;
  struct cells_walk walk = figures_cells(span, place);
  for (struct cell cell; cells_next(&walk, &cell);)
    if (figures_outlived(span, &cell))
      figures_collect_cell(span, &cell, room);
}

/* Moves what is less than the pivot to the front, what is more to the back; returns where the ones
 * equal to it begin and end. */
static void figures_split(uint64_t *births, size_t *first, size_t *stop, uint64_t pivot) {
  size_t low = *first, at = *first, high = *stop;
  while (at < high) {
    uint64_t birth = births[at];
    if (birth < pivot) {
      births[at++] = births[low];
      births[low++] = birth;
    } else if (birth > pivot) {
      births[at] = births[--high];
      births[high] = birth;
    } else {
      at++;
    }
  }
  *first = low;
  *stop = high;
}

/* The element that would stand at index if births were sorted. The pivot is the middle of three:
 * collected stamps are runs in order. */
static uint64_t figures_select(uint64_t *births, size_t count, size_t index) {
  size_t first = 0, stop = count;
  while (stop - first > 1) {
    uint64_t a = births[first], b = births[first + (stop - first) / 2], c = births[stop - 1];
    uint64_t pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
    size_t low = first, high = stop;
    figures_split(births, &low, &high, pivot);
    if (index >= low && index < high)
      return pivot;
    if (index < low)
      stop = low;
    else
      first = high;
  }
  return births[first];
}

/* Without memory for it, ages stay unknown. */
static void figures_ages(struct figures_span *span, const uint32_t *places, size_t count,
                         struct analysis_figures *figures) {
  size_t room = figures->outstanding_blocks;
  if (!array_reserve(&span->births, &span->births_room, room, sizeof *span->births))
    return;
  span->birth_count = 0;
  for (size_t i = 0; i < count; i++)
    figures_collect(span, places[i], room);
  if (!span->birth_count)
    return;
  uint64_t oldest = UINT64_MAX;
  for (size_t i = 0; i < span->birth_count; i++)
    oldest = span->births[i] < oldest ? span->births[i] : oldest;
  figures->oldest_stamp = oldest;
  figures->median_stamp =
      figures_select(span->births, span->birth_count, (span->birth_count - 1) / 2);
}

/* ---- Sums ------------------------------------------------------------------------------------ */

/* Adds place's cells; whether its thread allocated in the interval. */
static bool figures_add_place(struct figures_span *span, uint32_t place,
                              struct analysis_figures *figures) {
  struct cells_walk walk = figures_cells(span, place);
  uint64_t before = figures->allocations;
  for (struct cell cell; cells_next(&walk, &cell);) {
    figures_add_cell(span, &cell, figures);
    span->outlived |= figures_outlived(span, &cell);
  }
  return figures->allocations > before;
}

void figures_take(struct figures_span *span, const uint32_t *places, size_t count,
                  struct analysis_figures *figures) {
  *figures = (struct analysis_figures){0};
  span->round++;
  span->outlived = false;
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
  sum->peaks_bytes += part->peaks_bytes;
}

bool figures_empty(const struct analysis_figures *figures) {
  return !figures->allocations && !figures->frees && !figures->temporary_allocations &&
         !figures->outstanding_blocks && !figures->growth_blocks && !figures->growth_bytes;
}

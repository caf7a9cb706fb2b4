/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/freed_by.h"
#include "analysis/array.h"
#include "analysis/state.h"
#include <stdlib.h>

/* The releases of a row's places, in any order. */
struct freed_cells {
  struct release *list;
  size_t count, capacity;
};

static bool freed_collect(struct freed_cells *cells, const struct analysis *analysis,
                          uint32_t group) {
  const struct releases *releases = &analysis->releases;
  size_t count;
  const uint32_t *places = members_of(&analysis->members, group, &count);
  for (size_t i = 0; i < count; i++)
    for (size_t at = releases_first(releases, places[i]);
         at < releases->count && releases->list[at].place == places[i]; at++) {
      if (!array_reserve(&cells->list, &cells->capacity, cells->count + 1, sizeof *cells->list))
        return false;
      cells->list[cells->count++] = releases->list[at];
    }
  return true;
}

static int freed_compare_ages(const void *a, const void *b) {
  const struct release *x = a, *y = b;
  return (x->age > y->age) - (x->age < y->age);
}

static int freed_compare_calls(const void *a, const void *b) {
  const struct release *x = a, *y = b;
  if (x->site != y->site)
    return x->site < y->site ? -1 : 1;
  if (x->resized != y->resized)
    return x->resized ? 1 : -1;
  return freed_compare_ages(a, b);
}

/* Of cells by age: how old, when this share of what they stand for was freed. */
static double freed_quantile(const struct release *cells, size_t count, double share,
                             double ticks) {
  double all = 0, sum = 0;
  size_t at = 0;
  for (size_t i = 0; i < count; i++)
    all += (double)cells[i].frees;
  for (; at + 1 < count; at++)
    if ((sum += (double)cells[at].frees) >= share * all)
      break;
  return (double)releases_age(cells[at].age) / ticks;
}

static struct freed_ages freed_ages_of(const struct release *cells, size_t count, double ticks) {
  return (struct freed_ages){freed_quantile(cells, count, 0.25, ticks),
                             freed_quantile(cells, count, 0.5, ticks),
                             freed_quantile(cells, count, 0.75, ticks)};
}

/* The call of the cells [0, count), which share it; share is not divided yet. */
static struct freed_call freed_call_of(const struct analysis *analysis, const struct release *cells,
                                       size_t count, double ticks) {
  const struct site *site = &analysis->sites.list[cells->site];
  struct freed_call call = {
      .function = site->function,
      .file = site->file,
      .module = site->module,
      .line = site->line,
      .context = site->context,
      .resized = cells->resized,
      .ages = freed_ages_of(cells, count, ticks),
  };
  if (site->context < analysis->trace->context_count)
    call.offset = analysis->trace->contexts[site->context].offset;
  for (size_t i = 0; i < count; i++) {
    call.samples += cells[i].samples;
    call.share += (double)cells[i].frees;
  }
  return call;
}

static int freed_compare_shares(const void *a, const void *b) {
  const struct freed_call *x = a, *y = b;
  if (x->share != y->share)
    return x->share > y->share ? -1 : 1;
  return (x->context > y->context) - (x->context < y->context);
}

static void freed_divide(struct freed_by *freed) {
  double all = 0;
  for (size_t i = 0; i < freed->count; i++) {
    all += freed->calls[i].share;
    freed->samples += freed->calls[i].samples;
  }
  for (size_t i = 0; i < freed->count; i++)
    freed->calls[i].share = all > 0 ? freed->calls[i].share / all : 0;
  if (freed->count)
    qsort(freed->calls, freed->count, sizeof *freed->calls, freed_compare_shares);
}

/* cells get another order. */
static bool freed_fill(struct freed_by *freed, const struct analysis *analysis,
                       struct freed_cells *cells) {
  double ticks = analysis->trace->process.ticks_per_second;
  size_t capacity = 0;
  if (!cells->count)
    return true;
  qsort(cells->list, cells->count, sizeof *cells->list, freed_compare_calls);
  for (size_t first = 0, stop; first < cells->count; first = stop) {
    const struct release *cell = &cells->list[first];
    for (stop = first + 1; stop < cells->count; stop++)
      if (cells->list[stop].site != cell->site || cells->list[stop].resized != cell->resized)
        break;
    if (!array_reserve(&freed->calls, &capacity, freed->count + 1, sizeof *freed->calls))
      return false;
    freed->calls[freed->count++] = freed_call_of(analysis, cell, stop - first, ticks);
  }
  freed_divide(freed);
  qsort(cells->list, cells->count, sizeof *cells->list, freed_compare_ages);
  freed->ages = freed_ages_of(cells->list, cells->count, ticks);
  return true;
}

struct freed_by *freed_by_of_row(const struct analysis *analysis, const struct analysis_site *row) {
  struct freed_by *freed = calloc(1, sizeof *freed);
  struct freed_cells cells = {0};
  bool done =
      freed && freed_collect(&cells, analysis, row->group) && freed_fill(freed, analysis, &cells);
  free(cells.list);
  if (done)
    return freed;
  freed_by_free(freed);
  return NULL;
}

void freed_by_free(struct freed_by *freed) {
  if (freed)
    free(freed->calls);
  free(freed);
}

struct freed_totals freed_totals_of(const struct analysis *analysis) {
  const struct releases *releases = &analysis->releases;
  return (struct freed_totals){releases->samples, releases->unmatched, releases->left_out};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/query.h"
#include <stdlib.h>
#include <string.h>

static const enum group_kind query_groups[ANALYSIS_BY_COUNT] = {
    [ANALYSIS_BY_SITE] = GROUP_SITE,     [ANALYSIS_BY_TREE] = GROUP_STACK,
    [ANALYSIS_BY_MODULE] = GROUP_MODULE, [ANALYSIS_BY_FUNCTION] = GROUP_FUNCTION,
    [ANALYSIS_BY_THREAD] = GROUP_THREAD,
};

enum group_kind query_kind(const struct query *query) {
  return query_groups[query->asked->by];
}

struct query_entry {
  struct query_part part;
  uint32_t place;
};

static int query_compare_entries(const void *a, const void *b) {
  const struct query_entry *x = a, *y = b;
  if (x->part.row != y->part.row)
    return x->part.row < y->part.row ? -1 : 1;
  if (x->part.stack != y->part.stack)
    return x->part.stack < y->part.stack ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

static size_t query_collect(const struct query *query, struct query_entry *entries) {
  const struct places *places = &query->analysis->ledger.places;
  size_t count = 0;
  for (size_t i = 1; i < places->count; i++) {
    const struct place *place = &places->list[i];
    if (!filter_match_place(&query->match, place))
      continue;
    entries[count++] = (struct query_entry){
        {place->groups[query_kind(query)], place->groups[GROUP_STACK]}, (uint32_t)i};
  }
  return count;
}

static bool query_order(struct query *query) {
  size_t room = query->analysis->ledger.places.count;
  struct query_entry *entries = reallocarray(NULL, room, sizeof *entries);
  query->parts = reallocarray(NULL, room, sizeof *query->parts);
  query->places = reallocarray(NULL, room, sizeof *query->places);
  bool done = entries && query->parts && query->places;
  if (done) {
    query->count = query_collect(query, entries);
    qsort(entries, query->count, sizeof *entries, query_compare_entries);
    for (size_t i = 0; i < query->count; i++) {
      query->parts[i] = entries[i].part;
      query->places[i] = entries[i].place;
    }
  }
  free(entries);
  return done;
}

bool query_init(struct query *query, const struct analysis *analysis,
                const struct analysis_query *asked) {
  *query = (struct query){.analysis = analysis, .asked = asked};
  return filter_match_init(&query->match, asked->filter, analysis,
                           analysis->cuts.list[asked->to].stamp) &&
         figures_span_init(&query->span, analysis, asked->from, asked->to) && query_order(query);
}

void query_release(struct query *query) {
  filter_match_release(&query->match);
  figures_span_release(&query->span);
  free(query->parts);
  free(query->places);
}

size_t query_row_end(const struct query *query, size_t first) {
  size_t stop = first + 1;
  while (stop < query->count && query->parts[stop].row == query->parts[first].row)
    stop++;
  return stop;
}

size_t query_stack_end(const struct query *query, size_t first) {
  size_t stop = first + 1;
  while (stop < query->count && query->parts[stop].row == query->parts[first].row &&
         query->parts[stop].stack == query->parts[first].stack)
    stop++;
  return stop;
}

void query_peak(const struct query *query, size_t first, enum group_kind kind,
                struct analysis_figures *figures) {
  figures->peak_bytes = figures->peak_blocks = 0;
  if (kind == GROUP_KINDS)
    return;
  const struct places *places = &query->analysis->ledger.places;
  uint32_t group = places->list[query->places[first]].groups[kind];
  figures->peak_bytes = (uint64_t)places->groups[group].peak_bytes;
  figures->peak_blocks = (uint64_t)places->groups[group].peak_blocks;
}

void query_figures(struct query *query, size_t first, size_t stop, enum group_kind kind,
                   struct analysis_figures *figures) {
  figures_take(&query->span, query->places + first, stop - first, figures);
  query_peak(query, first, kind, figures);
}

/* ---- Order ------------------------------------------------------------------------------------
 */

/* The oldest have the smallest stamps. */
static int64_t query_age(uint64_t stamp) {
  return stamp ? -(int64_t)stamp : INT64_MIN;
}

int64_t analysis_sort_value(const struct analysis_figures *figures, enum analysis_sort sort) {
  switch (sort) {
  case ANALYSIS_SORT_OUTSTANDING:
    return (int64_t)figures->outstanding_bytes;
  case ANALYSIS_SORT_BLOCKS:
    return (int64_t)figures->outstanding_blocks;
  case ANALYSIS_SORT_GROWTH:
    return figures->growth_bytes;
  case ANALYSIS_SORT_ALLOCATED:
    return (int64_t)figures->allocated_bytes;
  case ANALYSIS_SORT_TEMPORARY:
    return (int64_t)figures->temporary_allocations;
  case ANALYSIS_SORT_PEAK:
    return (int64_t)(figures->peak_bytes ? figures->peak_bytes : figures->peaks_bytes);
  case ANALYSIS_SORT_ALLOCATIONS:
    return (int64_t)figures->allocations;
  case ANALYSIS_SORT_OLDEST:
    return query_age(figures->oldest_stamp);
  case ANALYSIS_SORT_MEDIAN:
    return query_age(figures->median_stamp);
  case ANALYSIS_SORT_THREADS:
    return (int64_t)figures->threads;
  default:
    return INT64_MIN;
  }
}

static int query_compare_numbers(int64_t a, int64_t b) {
  return (a < b) - (a > b); /* the larger first */
}

static int query_compare_texts(const char *a, const char *b) {
  return strcmp(a ? a : "", b ? b : "");
}

/* What rows are, for those of equal figures: names first, so that the order does not depend on the
 * numbers that a recording gave. */
static int query_compare_identity(const struct analysis_site *a, const struct analysis_site *b) {
  int order = query_compare_texts(a->function, b->function);
  order = order ? order : query_compare_texts(a->file, b->file);
  order = order ? order : query_compare_numbers(b->line, a->line);
  order = order ? order : query_compare_numbers(b->module, a->module);
  order = order ? order : query_compare_numbers((int64_t)b->offset, (int64_t)a->offset);
  order = order ? order : query_compare_numbers(b->thread, a->thread);
  return order ? order : query_compare_numbers(b->context, a->context);
}

int query_compare(const void *a, const void *b, void *sort) {
  const struct analysis_site *x = a, *y = b;
  const enum analysis_sort *by = sort;
  const enum analysis_sort keys[] = {*by, ANALYSIS_SORT_OUTSTANDING, ANALYSIS_SORT_BLOCKS,
                                     ANALYSIS_SORT_ALLOCATED};
  for (size_t i = 0; i < sizeof keys / sizeof *keys && *by != ANALYSIS_SORT_NAME; i++) {
    int order = query_compare_numbers(analysis_sort_value(&x->figures, keys[i]),
                                      analysis_sort_value(&y->figures, keys[i]));
    if (order)
      return order;
  }
  return query_compare_identity(x, y);
}

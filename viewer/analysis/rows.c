/* SPDX-License-Identifier: Apache-2.0
 *
 * From the places of a query to the rows of a report.
 */
#include "analysis/array.h"
#include "analysis/query.h"

static int rows_compare_stacks(const void *a, const void *b) {
  const struct analysis_stack *x = a, *y = b;
  if (x->figures.outstanding_bytes != y->figures.outstanding_bytes)
    return x->figures.outstanding_bytes > y->figures.outstanding_bytes ? -1 : 1;
  return (x->context > y->context) - (x->context < y->context);
}

/* Puts a row's stacks in order, and gives back the room that was made for more: most rows have one
 * stack, and a report may have 100,000 rows. */
static void rows_finish_stacks(struct analysis_site *row) {
  if (!row->stack_count)
    return;
  qsort(row->stacks, row->stack_count, sizeof *row->stacks, rows_compare_stacks);
  struct analysis_stack *fit = reallocarray(row->stacks, row->stack_count, sizeof *fit);
  row->stacks = fit ? fit : row->stacks;
}

/* The stacks of the places [first, stop) that had a part in the interval. */
static bool rows_fill_stacks(struct query *query, size_t first, size_t stop,
                             struct analysis_site *row) {
  const struct places *places = &query->analysis->ledger.places;
  enum group_kind kind = query->asked->by == ANALYSIS_BY_THREAD ? GROUP_KINDS : GROUP_STACK;
  size_t capacity = 0, whole = stop - first;
  while (first < stop) {
    size_t end = query_stack_end(query, first);
    struct analysis_stack stack = {.context = places->list[query->places[first]].context};
    if (stop - first == whole && end == stop) { /* the row's only stack */
      stack.figures = row->figures;
      query_peak(query, first, kind, &stack.figures);
    } else {
      query_figures(query, first, end, kind, &stack.figures);
    }
    first = end;
    if (figures_empty(&stack.figures))
      continue;
    if (!array_reserve(&row->stacks, &capacity, row->stack_count + 1, sizeof stack))
      return false;
    row->stacks[row->stack_count++] = stack;
  }
  rows_finish_stacks(row);
  return true;
}

/* Says what the row of place stands for, as far as all places of the row have it in common. */
static void rows_name(const struct query *query, uint32_t number, struct analysis_site *row) {
  const struct analysis *analysis = query->analysis;
  const struct place *place = &analysis->ledger.places.list[number];
  const struct site *site = &analysis->sites.list[place->site];
  enum analysis_by by = query->asked->by;
  if (by == ANALYSIS_BY_THREAD) {
    row->thread = place->thread;
    return;
  }
  row->module = site->module;
  if (by == ANALYSIS_BY_MODULE)
    return;
  row->function = site->function;
  if (by == ANALYSIS_BY_FUNCTION)
    return;
  row->file = site->file;
  row->line = site->line;
  row->context = site->context;
  if (site->context < analysis->trace->context_count)
    row->offset = analysis->trace->contexts[site->context].offset;
}

/* Whether the row [first, stop) is part of the report; *row gets its name and figures. */
static bool rows_take(struct query *query, size_t first, size_t stop, struct analysis_site *row) {
  *row = (struct analysis_site){.function = NULL};
  query_figures(query, first, stop, query_kind(query), &row->figures);
  if (figures_empty(&row->figures) || !filter_match_figures(&query->match, &row->figures))
    return false;
  rows_name(query, query->places[first], row);
  row->group = query->parts[first].row;
  return true;
}

/* Keeps the places of rows that were taken, for the totals, at the front. */
static size_t rows_keep(struct query *query, size_t kept, size_t first, size_t stop) {
  while (first < stop)
    query->places[kept++] = query->places[first++];
  return kept;
}

static bool rows_fill(struct query *query, struct analysis_report *report) {
  size_t capacity = 0, kept = 0;
  for (size_t first = 0, stop; first < query->count; first = stop) {
    struct analysis_site row;
    stop = query_row_end(query, first);
    if (!rows_take(query, first, stop, &row))
      continue;
    if (!array_reserve(&report->sites, &capacity, report->site_count + 1, sizeof row))
      return false;
    bool filled = rows_fill_stacks(query, first, stop, &row);
    report->sites[report->site_count++] = row;
    if (!filled)
      return false;
    kept = rows_keep(query, kept, first, stop);
  }
  enum analysis_sort sort = query->asked->sort;
  if (report->site_count)
    qsort_r(report->sites, report->site_count, sizeof *report->sites, query_compare, &sort);
  query_figures(query, 0, kept, GROUP_KINDS, &report->totals);
  return true;
}

struct analysis_report *analysis_query(const struct analysis *analysis,
                                       const struct analysis_query *asked) {
  struct analysis_report *report = calloc(1, sizeof *report);
  if (!report)
    return NULL;
  report->from = asked->from;
  report->to = asked->to;
  report->by = asked->by;
  report->sort = asked->sort;
  report->units = cuts_units(&analysis->cuts, asked->from, asked->to);
  struct query query;
  bool done =
      query_init(&query, analysis, asked) &&
      (asked->by == ANALYSIS_BY_TREE ? query_tree(&query, report) : rows_fill(&query, report));
  query_release(&query);
  report->totals.peak_bytes = analysis->ledger.totals.peak_bytes;
  if (done)
    return report;
  analysis_report_free(report);
  return NULL;
}

struct analysis_report *analysis_interval(const struct analysis *analysis, size_t from, size_t to) {
  struct analysis_query query = {.from = from, .to = to};
  return analysis_query(analysis, &query);
}

void analysis_report_free(struct analysis_report *report) {
  if (!report)
    return;
  for (size_t i = 0; i < report->site_count; i++)
    free(report->sites[i].stacks);
  free(report->sites);
  free(report);
}

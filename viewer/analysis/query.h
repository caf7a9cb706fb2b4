/* SPDX-License-Identifier: Apache-2.0
 *
 * The places that a query is about, put together by row and, inside a row, by stack.
 */
#ifndef SEEP_ANALYSIS_QUERY_H
#define SEEP_ANALYSIS_QUERY_H

#include "analysis/figures.h"
#include "analysis/filter_match.h"

struct query_part {
  uint32_t row, stack; /* groups */
};

struct query {
  const struct analysis *analysis;
  const struct analysis_query *asked;
  struct figures_span span;
  struct query_part *parts; /* of the places below */
  uint32_t *places;         /* by row, stack, number */
  size_t count;
  struct filter_match match;
};

/* false: no memory; release it all the same. */
bool query_init(struct query *query, const struct analysis *analysis,
                const struct analysis_query *asked);
void query_release(struct query *query);

/* What the rows of the query are groups of. */
enum group_kind query_kind(const struct query *query);

/* Where the run of places that share a row (or a stack of that row) with the one at first ends. */
size_t query_row_end(const struct query *query, size_t first);
size_t query_stack_end(const struct query *query, size_t first);

/* Figures of the places [first, stop), with the peak of the group they make up (GROUP_KINDS: they
 * make up none, it is not known). */
void query_figures(struct query *query, size_t first, size_t stop, enum group_kind kind,
                   struct analysis_figures *figures);

/* Only the peak, of the group that the place at first is in. */
void query_peak(const struct query *query, size_t first, enum group_kind kind,
                struct analysis_figures *figures);

/* Orders rows by the query's key, largest first; equal ones by what they are. For qsort_r. */
int query_compare(const void *a, const void *b, void *sort);

/* Fills a tree's rows into report. false: no memory. */
bool query_tree(struct query *query, struct analysis_report *report);

/* Says of each of the analysis's places whether its stack leads along the row of that path.
 * below has room for all of them. false: no memory. */
bool query_tree_below(const struct analysis *analysis, bool inverted, uint64_t path, bool *below);

#endif

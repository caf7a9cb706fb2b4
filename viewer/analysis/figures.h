/* SPDX-License-Identifier: Apache-2.0
 *
 * The figures of any set of places over any interval, from their cohorts (cells.h).
 */
#ifndef SEEP_ANALYSIS_FIGURES_H
#define SEEP_ANALYSIS_FIGURES_H

#include "analysis/state.h"

struct figures_span {
  const struct analysis *analysis;
  uint32_t from, to; /* bounds of periods */
  uint32_t *seen;    /* per thread of the trace: the last round that counted it */
  uint32_t seen_count, round;
  bool outlived;    /* a cell of the last places has blocks of the interval that died behind it */
  uint64_t *births; /* room to find medians in */
  size_t birth_count, births_room;
};

/* false: no memory. */
bool figures_span_init(struct figures_span *span, const struct analysis *analysis, size_t from,
                       size_t to);
void figures_span_release(struct figures_span *span);

/* Figures of all the given places together; peaks are left 0. */
void figures_take(struct figures_span *span, const uint32_t *places, size_t count,
                  struct analysis_figures *figures);

/* Adds part to sum, as for two sets of places that have none in common; what cannot be had by
 * adding (median, threads, peaks) becomes 0: not known. */
void figures_add(struct analysis_figures *sum, const struct analysis_figures *part);

/* Whether nothing happened in the interval. */
bool figures_empty(const struct analysis_figures *figures);

#endif

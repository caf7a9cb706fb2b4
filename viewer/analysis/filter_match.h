/* SPDX-License-Identifier: Apache-2.0
 *
 * Filters applied. Terms about names and verdicts decide which places count, terms about figures
 * which rows are kept.
 */
#ifndef SEEP_ANALYSIS_FILTER_MATCH_H
#define SEEP_ANALYSIS_FILTER_MATCH_H

#include "analysis/filter.h"
#include "analysis/state.h"

/* A filter with what its terms are held against, worked out once for many places and rows. */
struct filter_match {
  const struct analysis_filter *filter; /* NULL: lets everything pass */
  const struct analysis *analysis;
  uint64_t end_stamp; /* of the interval, where ages are taken */
  uint8_t *verdicts;  /* as verdict_kinds_of_sites has them; NULL: no term asks for them */
};

/* false: no memory; release it all the same. */
bool filter_match_init(struct filter_match *match, const struct analysis_filter *filter,
                       const struct analysis *analysis, uint64_t end_stamp);
void filter_match_release(struct filter_match *match);

bool filter_match_place(const struct filter_match *match, const struct place *place);
bool filter_match_figures(const struct filter_match *match, const struct analysis_figures *figures);

#endif

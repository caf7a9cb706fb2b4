/* SPDX-License-Identifier: Apache-2.0
 *
 * Filters applied. Terms about names decide which places count, terms about figures which rows are
 * kept. A filter that is NULL lets everything pass.
 */
#ifndef SEEP_ANALYSIS_FILTER_MATCH_H
#define SEEP_ANALYSIS_FILTER_MATCH_H

#include "analysis/filter.h"
#include "analysis/state.h"

bool filter_place(const struct analysis_filter *filter, const struct analysis *analysis,
                  const struct place *place);

/* end_stamp: of the interval, where ages are taken. */
bool filter_figures(const struct analysis_filter *filter, const struct analysis *analysis,
                    uint64_t end_stamp, const struct analysis_figures *figures);

#endif

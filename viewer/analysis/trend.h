/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the old blocks of a set of places became more while work went on: their number from where
 * all that stood before the window is old to the window's end.
 */
#ifndef SEEP_ANALYSIS_TREND_H
#define SEEP_ANALYSIS_TREND_H

#include "analysis/cohort.h"

struct trend {
  int64_t first, last;   /* old blocks at both ends */
  int64_t growth, freed; /* the difference; old blocks that were freed in between */
  int64_t largest, drop; /* the largest growth, and the largest loss, over one period */
  size_t largest_at;     /* the period of the largest growth */
  size_t points, rises;  /* periods in which work became old, and those in which blocks did */
  int64_t thirds[3];     /* growth while the first, second, last third of the work became old */
  double work[3];        /* what shares of it these are: periods cannot be divided */
};

void trend_take(struct trend *trend, const struct cohort *cohort);

/* How even the growth is: the least of the thirds' shares of what an even one would have; 0 to 1.
 */
double trend_evenness(const struct trend *trend);

#endif

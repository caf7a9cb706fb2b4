/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a set of places over the calendar: what was born, freed and stood, period by period,
 * and how much of what stood was old. Young blocks may be in flight: only the number of old ones
 * tells growth from traffic.
 */
#ifndef SEEP_ANALYSIS_COHORT_H
#define SEEP_ANALYSIS_COHORT_H

#include "analysis/state.h"

struct cohort_period {
  int64_t born, freed;          /* blocks, in the period */
  int64_t stands, stands_bytes; /* at its end */
  int64_t old, old_bytes;       /* of these, the old ones */
  int64_t old_freed;            /* blocks that were old and were freed in the period */
  int64_t kept, kept_bytes;     /* of the born, those that stand at the window's end */
};

struct cohort {
  const struct analysis *analysis;
  struct cohort_period *periods;         /* as many as the calendar has */
  int64_t born, kept, kept_bytes, freed; /* in the window; kept: of the born */
  int64_t before, before_bytes;          /* stood at its beginning */
  int64_t before_kept;                   /* of these, stand at its end */
  uint64_t before_newest;                /* the last birth before the window */
};

/* Room for one cohort at a time. false: no memory; release it all the same. */
bool cohort_init(struct cohort *cohort, const struct analysis *analysis);
void cohort_release(struct cohort *cohort);

/* Looks at count places together. */
void cohort_take(struct cohort *cohort, const uint32_t *places, size_t count);

#endif

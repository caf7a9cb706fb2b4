/* SPDX-License-Identifier: Apache-2.0
 *
 * Where intervals can be cut: at the moments, and, where that is asked for, at every bound of a
 * period. The verdicts and what marks mean stay with the moments (moments.h).
 */
#ifndef SEEP_ANALYSIS_CUTS_H
#define SEEP_ANALYSIS_CUTS_H

#include "analysis/periods.h"

struct cuts {
  struct analysis_moment *list; /* by stamp; labels are the moments', or in texts */
  size_t *bounds;               /* of the periods, by cut */
  size_t *of_moment;            /* the cut that each moment is */
  size_t count;
  char (*texts)[24]; /* "+12.3s" */
};

/* moments and periods must outlive the cuts. fine: at every bound. false: no memory; release it all
 * the same. */
bool cuts_init(struct cuts *cuts, const struct moments *moments, const struct periods *periods,
               bool fine);
void cuts_release(struct cuts *cuts);

/* Units of work that marks gave for the time between two cuts. */
uint64_t cuts_units(const struct cuts *cuts, size_t from, size_t to);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Sites that leak together: a session with its three strings and its buffer is one leak, not five.
 * Rows whose blocks become more in a fixed ratio, period by period, form a bundle, named after the
 * row whose block was allocated first.
 */
#ifndef SEEP_ANALYSIS_BUNDLES_H
#define SEEP_ANALYSIS_BUNDLES_H

#include "analysis/analysis.h"
#include "analysis/verdict.h"

#define BUNDLES_NONE SIZE_MAX

struct bundle_member {
  size_t row;   /* of the report */
  double ratio; /* its blocks to one of the owner */
};

struct bundle {
  struct bundle_member *members; /* the owner first, then in the order of rows */
  size_t count;                  /* at least two */
  uint32_t context;              /* the innermost code address that all of them were called from;
                                    0: there is none */
  uint64_t blocks, bytes;        /* outstanding in the report's interval, of all members */
};

struct bundles {
  struct bundle *list; /* by bytes, largest first */
  size_t count;
  size_t *of_row; /* per row of the report: its bundle, or BUNDLES_NONE */
};

/* Bundles of the rows (by site or function; others have none) that are called leaks. The result is
 * the caller's: bundles_free. NULL: no memory. */
struct bundles *bundles_of_report(const struct analysis *analysis,
                                  const struct analysis_report *report,
                                  const struct verdict *verdicts);
void bundles_free(struct bundles *bundles);

#endif

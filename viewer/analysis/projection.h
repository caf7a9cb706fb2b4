/* SPDX-License-Identifier: Apache-2.0
 *
 * Where it ends: how fast what leaks grows, and when it reaches the limit of memory.
 */
#ifndef SEEP_ANALYSIS_PROJECTION_H
#define SEEP_ANALYSIS_PROJECTION_H

#include "analysis/analysis.h"
#include "analysis/verdict.h"

struct projection {
  double bytes_per_hour; /* of all rows called leaks, at the rate measured; 0: nothing leaks */
  double measured;       /* seconds in which that was measured */
  uint64_t limit_bytes;  /* the control group's, or the machine's memory; 0: not known */
  bool of_group;         /* the limit is the control group's */
  uint64_t used_bytes;   /* resident when last seen; 0: not known */
  double seconds;        /* from then to the limit; 0: it is reached */
};

/* verdicts: of the report's rows. */
struct projection projection_of(const struct trace *trace, const struct analysis_report *report,
                                const struct verdict *verdicts);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * When a process was how busy: its allocations along the time line, in even bins. Tells where
 * intervals have to be narrow before the one pass over the trace begins.
 */
#ifndef SEEP_ANALYSIS_ACTIVITY_H
#define SEEP_ANALYSIS_ACTIVITY_H

#include "trace/trace.h"

#define ACTIVITY_BINS 1024 /* at least half of them are in use */

struct activity {
  uint64_t start, end;
  double width;               /* of a bin, in stamps */
  double bins[ACTIVITY_BINS]; /* share of all allocations; the sum is 1, or 0: none are known */
};

/* Small traces are replayed for it, of large ones the stamps of their blocks of events serve: each
 * holds about as many. A trace that cannot be replayed has no activity. */
void activity_measure(struct activity *activity, struct trace *trace, uint64_t start, uint64_t end);

/* The stamp between from and to at which share (0 to 1) of what happens between them has happened:
 * half of that is time, half are allocations. */
uint64_t activity_quantile(const struct activity *activity, uint64_t from, uint64_t to,
                           double share);

#endif

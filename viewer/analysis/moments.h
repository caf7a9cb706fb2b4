/* SPDX-License-Identifier: Apache-2.0
 *
 * The moments between which a run can be looked at: start, marks, times that were asked for, end.
 */
#ifndef SEEP_ANALYSIS_MOMENTS_H
#define SEEP_ANALYSIS_MOMENTS_H

#include "analysis/analysis.h"

struct moments {
  struct analysis_moment *list; /* by stamp; at least start and end */
  size_t count;
  const struct trace *trace;
};

/* times: texts that outlive the call only (labels are copies). */
enum trace_status moments_init(struct moments *moments, const struct trace *trace,
                               const char *const *times, size_t time_count,
                               struct trace_error *error);
void moments_release(struct moments *moments);

/* See analysis_find_moment. */
long moments_find(const struct moments *moments, const char *text);

#endif

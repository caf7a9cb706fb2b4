/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorder's totals: from STATE and END frames, and to them.
 */
#ifndef SEEP_TRACE_COUNTERS_H
#define SEEP_TRACE_COUNTERS_H

#include "trace/field.h"
#include "trace/trace.h"

struct counters_fields { /* of a STATE or END frame */
  struct trace_counters counters;
  uint64_t stamp, monotonic_ns, rss_kib, folded;
};

extern const struct field_place counters_places[];
extern const size_t counters_place_count;

/* Totals only grow, so the higher of two is the later. */
void counters_raise(struct trace_counters *counters, const struct trace_counters *other);

#endif

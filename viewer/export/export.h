/* SPDX-License-Identifier: Apache-2.0
 *
 * A trace for other tools: one function per format, each in a file of its own. All of them write
 * the stacks of an interval with the figures that the report has, to the byte; texts from the trace
 * are made harmless for the format they go into. Nothing is printed elsewhere.
 */
#ifndef SEEP_EXPORT_H
#define SEEP_EXPORT_H

#include "analysis/analysis.h"
#include "symbols/symbols.h"
#include "trace/trace.h"
#include <stdio.h>

struct export_request {
  const char *path; /* of the trace, as the user gave it */
  const struct trace *trace;
  const struct analysis *analysis;
  struct symbols *symbols;              /* NULL: frames are code addresses */
  const struct analysis_report *report; /* the interval, by site */
};

/* The figures of a stack that profiles are made of. One list makes their names. */
#define EXPORT_VALUES(X)                                                                           \
  X(EXPORT_INUSE_SPACE, "inuse_space", "bytes", "outstanding bytes")                               \
  X(EXPORT_INUSE_OBJECTS, "inuse_objects", "count", "outstanding blocks")                          \
  X(EXPORT_ALLOC_SPACE, "alloc_space", "bytes", "allocated bytes")                                 \
  X(EXPORT_ALLOC_OBJECTS, "alloc_objects", "count", "allocations")

enum export_value {
#define X(value, name, unit, text) value,
  EXPORT_VALUES(X)
#undef X
      EXPORT_VALUE_COUNT,
};

/* "inuse_space", "bytes", "outstanding bytes": constants. */
const char *export_value_name(enum export_value value);
const char *export_value_unit(enum export_value value);
const char *export_value_text(enum export_value value);
uint64_t export_value_of(const struct analysis_figures *figures, enum export_value value);

/* The value that text names; -1: none. */
int export_value_named(const char *text);

/* Each returns false when the stream could not be written, or memory ran out, and leaves flushing
 * and closing to the caller. Two calls with the same request write the same bytes. */

/* A profile of `go tool pprof`, not compressed: all four values, modules with build-ids, inlined
 * frames as lines of their address. */
bool export_pprof(FILE *out, const struct export_request *request);

/* Collapsed stacks: "main;serve;malloc_here 152", one line per stack whose value is not 0. */
bool export_folded(FILE *out, const struct export_request *request, enum export_value value);

/* The report's JSON with the time line and each interval between two neighbouring moments. */
bool export_json(FILE *out, const struct export_request *request);

/* A file of valgrind's massif: the time line as snapshots, and in detail what stood at the report's
 * end; that snapshot is the peak. The report must begin at the start and be unfiltered. */
bool export_massif(FILE *out, const struct export_request *request);

/* A file of speedscope.app: a sampled profile for each of the four values. */
bool export_speedscope(FILE *out, const struct export_request *request);

/* A page that needs nothing besides itself: figures, time line, table, flame graph. */
bool export_html(FILE *out, const struct export_request *request);

#endif

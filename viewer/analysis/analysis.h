/* SPDX-License-Identifier: Apache-2.0
 *
 * What a trace says about memory: the live set, and who holds it, per stack (calling context) and
 * per site (the service's own call), in total and between two marks. One pass over the trace;
 * memory is bounded by live blocks, contexts and contexts × marks that changed them. Prints
 * nothing.
 */
#ifndef SEEP_ANALYSIS_H
#define SEEP_ANALYSIS_H

#include "trace/trace.h"

struct symbols;

/* Figures of one stack or site, over an interval [from, to]. */
struct analysis_figures {
  uint64_t outstanding_blocks,
      outstanding_bytes;                 /* allocated in the interval, standing at its end */
  uint64_t allocations, allocated_bytes; /* in the interval */
  uint64_t frees, freed_bytes;           /* in the interval, of blocks allocated whenever */
  uint64_t temporary_allocations;        /* freed before the thread's next allocation */
  uint64_t peak_bytes, peak_blocks;      /* highest outstanding of the whole run */
  int64_t growth_blocks, growth_bytes;   /* standing at the end less standing at the start */
  uint64_t oldest_stamp;                 /* of the outstanding blocks; 0: none */
  uint64_t median_stamp;                 /* half of them are older */
  uint32_t threads;                      /* that allocated in the interval */
};

struct analysis_totals {
  uint64_t allocations, frees, allocated_bytes, freed_bytes;
  uint64_t outstanding_blocks, outstanding_bytes, peak_bytes, temporary_allocations;
  uint64_t unmatched_frees;    /* of addresses that no recorded allocation gave */
  uint64_t mapped_bytes, maps; /* mmap kind, outstanding */
};

struct analysis_stack {
  uint32_t context; /* of the trace: the whole path */
  struct analysis_figures figures;
};

/* A call site: all stacks whose innermost frame of the service's own is the same call. */
struct analysis_site {
  const char *function, *file; /* demangled; NULL: not known */
  uint32_t module, line;
  uint64_t offset; /* of the call's code address in the module: names it where no line is known */
  struct analysis_figures figures;
  struct analysis_stack *stacks; /* by outstanding bytes, then id */
  size_t stack_count;
};

/* A moment: marks, the start, the end. */
struct analysis_moment {
  const char *label; /* "start", "end" or a mark's */
  uint64_t stamp, units;
};

struct analysis; /* the whole run, from which any interval can be taken */

struct analysis_options {
  const char *rules_path;                     /* more rules for own frames, or NULL */
  bool (*progress)(void *data, double share); /* may be NULL; returns false to stop */
  void *progress_data;
};

/* Reads the trace once. symbols may be NULL: sites are then code addresses. Both must outlive it.
 */
enum trace_status analysis_new(struct trace *trace, struct symbols *symbols,
                               const struct analysis_options *options, struct analysis **out,
                               struct trace_error *error);
void analysis_free(struct analysis *analysis);

/* Totals over the whole run. */
const struct analysis_totals *analysis_totals(const struct analysis *analysis);

/* Moments in order of time; the first is "start", the last "end". */
size_t analysis_moments(const struct analysis *analysis, const struct analysis_moment **moments);

/* The moment that text names: a label (the last of that name), "#N" (the N-th mark, from 1),
 * "+30s",
 * "@2026-11-23T10:00:00Z" (times go to the nearest moment kept at or before); -1: there is none. */
long analysis_find_moment(const struct analysis *analysis, const char *text);

/* An interval's sites, by outstanding bytes, largest first, equal ones in a fixed order. The result
 * is the caller's: analysis_report_free. NULL: no memory. */
struct analysis_report {
  size_t from, to; /* moments */
  struct analysis_figures totals;
  struct analysis_site *sites;
  size_t site_count;
  uint64_t units; /* between from and to; 0: none given */
};
struct analysis_report *analysis_interval(const struct analysis *analysis, size_t from, size_t to);
void analysis_report_free(struct analysis_report *report);

/* The time line: outstanding bytes and blocks at a few hundred steps; the array is analysis's. */
struct analysis_step {
  uint64_t stamp, outstanding_bytes, outstanding_blocks, rss_kib;
};
size_t analysis_time_line(const struct analysis *analysis, const struct analysis_step **steps);

#endif

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
  uint64_t peak_bytes, peak_blocks;      /* highest outstanding of the whole run, whatever the
                                            filter; pairs cancelled in a block do not show in it.
                                            0: not known (rows of a tree) */
  uint64_t peaks_bytes; /* rows of a tree: the own peaks of all stacks below, added; the row's is at
                           most that */
  int64_t growth_blocks, growth_bytes; /* standing at the end less standing at the start */
  uint64_t oldest_stamp;               /* of the outstanding blocks; 0: none */
  uint64_t median_stamp;               /* half of them are older; exact where the interval stops
                                          at the end, else estimated between marks */
  uint32_t threads;                    /* that allocated in the interval */
};

struct analysis_totals {
  uint64_t allocations, frees, allocated_bytes, freed_bytes;
  uint64_t outstanding_blocks, outstanding_bytes, peak_bytes, temporary_allocations;
  uint64_t unmatched_frees; /* of addresses that no recorded allocation gave */
  uint64_t replaced;        /* blocks whose address was given again without a recorded free */
  uint64_t pool_blocks, pool_bytes; /* of what is outstanding: told by the service, inside others */
  uint64_t mapped_bytes, maps;      /* mmap kind, outstanding; apart from all other figures */
};

struct analysis_stack {
  uint32_t context; /* of the trace: the whole path */
  struct analysis_figures figures;
};

enum analysis_by { /* what a row of a report stands for */
                   ANALYSIS_BY_SITE,
                   ANALYSIS_BY_TREE,
                   ANALYSIS_BY_MODULE,
                   ANALYSIS_BY_FUNCTION,
                   ANALYSIS_BY_THREAD,
                   ANALYSIS_BY_COUNT,
};

enum analysis_sort {
  ANALYSIS_SORT_OUTSTANDING, /* bytes */
  ANALYSIS_SORT_BLOCKS,
  ANALYSIS_SORT_GROWTH,
  ANALYSIS_SORT_ALLOCATED,
  ANALYSIS_SORT_TEMPORARY,
  ANALYSIS_SORT_PEAK,
  ANALYSIS_SORT_ALLOCATIONS,
  ANALYSIS_SORT_OLDEST, /* from here on no amounts, of which rows have shares */
  ANALYSIS_SORT_MEDIAN,
  ANALYSIS_SORT_THREADS,
  ANALYSIS_SORT_NAME,
  ANALYSIS_SORT_COUNT,
  ANALYSIS_AMOUNTS = ANALYSIS_SORT_OLDEST, /* those before it */
};

/* What rows are sorted by, the largest first; INT64_MIN: not known, or nothing to sort by. */
int64_t analysis_sort_value(const struct analysis_figures *figures, enum analysis_sort sort);

/* The names that --by and --sort take, and the value that text names; -1: none. */
const char *analysis_by_name(enum analysis_by by);
const char *analysis_sort_name(enum analysis_sort sort);
int analysis_by_of(const char *text);
int analysis_sort_of(const char *text);

/* A row. By site, a call site: all stacks whose innermost frame of the service's own is the same
 * call. By function, module or thread: all stacks whose site is in that function or module, or
 * that the thread took; what does not tell the row apart is 0 or NULL. By tree: one code
 * address on one path, callers first (inverted: last), with the figures of everything below it;
 * rows come in preorder. A function that calls itself, at once or through others, is one row of a
 * path. */
struct analysis_site {
  const char *function, *file; /* demangled; NULL: not known. Owned by the symbols */
  uint32_t module, line;
  uint64_t offset;  /* of the call's code address in the module: names it where no line is known */
  uint32_t thread;  /* by thread: index into the trace's threads */
  uint32_t context; /* by tree: the node; else the innermost context of the site's own call */
  uint32_t depth;   /* by tree: 0 for the outermost frames; else 0 */
  bool recursive;   /* by tree: stands for several calls of its function, one below another */
  uint64_t path;    /* by tree: the same for the same path in another report; else 0 */
  uint32_t group;   /* private: what the row is in the books */
  struct analysis_figures figures;
  struct analysis_stack *stacks; /* by outstanding bytes, then id */
  size_t stack_count;
};

/* A moment that intervals begin and end at: marks, the start, the end, times that were asked for;
 * where options.fine was, those that divide the time between them. */
struct analysis_moment {
  const char *label; /* "start", "end", a mark's, or the text of a time */
  uint64_t stamp, units;
  uint64_t mark; /* number of the mark, from 1; 0: no mark */
};

struct analysis; /* the whole run, from which any interval can be taken */

struct analysis_options {
  const char *rules_path;   /* more rules for own frames (rules.h), or NULL */
  const char *const *times; /* more moments to keep: "+30s", "@2026-...Z" */
  size_t time_count;
  bool fine; /* between the moments there are more, that no mark is at: "+12.3s" */
  bool (*progress)(void *data, double share); /* may be NULL; returns false to stop */
  void *progress_data;
};

/* Reads the trace once. symbols may be NULL: sites are then code addresses. Both must outlive it.
 * options may be NULL. A rule file or a time that cannot be understood is TRACE_READ, and the
 * error's detail says what and where. */
enum trace_status analysis_new(struct trace *trace, struct symbols *symbols,
                               const struct analysis_options *options, struct analysis **out,
                               struct trace_error *error);
void analysis_free(struct analysis *analysis);

/* Totals over the whole run. */
const struct analysis_totals *analysis_totals(const struct analysis *analysis);

/* Moments in order of time; the first is "start", the last "end". */
size_t analysis_moments(const struct analysis *analysis, const struct analysis_moment **moments);

/* The moment that text names: "start", "end", a mark's label (the last of that name), "#N" (the
 * N-th mark, from 1), "+30s", "@2026-11-23T10:00:00Z" (times go to the nearest moment kept at or
 * before: name them in options.times to have them kept); -1: there is none. */
long analysis_find_moment(const struct analysis *analysis, const char *text);

/* An interval's sites, by outstanding bytes, largest first, equal ones in a fixed order. The result
 * is the caller's: analysis_report_free. NULL: no memory. */
struct analysis_report {
  size_t from, to; /* moments */
  enum analysis_by by;
  enum analysis_sort sort;
  struct analysis_figures totals; /* of all rows (of a tree: of its outermost ones) */
  struct analysis_site *sites;
  size_t site_count;
  uint64_t units; /* between from and to; 0: none given */
};
struct analysis_report *analysis_interval(const struct analysis *analysis, size_t from, size_t to);

/* The same for any kind of row, order and filter (filter.h; NULL: all). from <= to, both moments.
 */
struct analysis_filter;
struct analysis_query {
  size_t from, to;
  enum analysis_by by;
  enum analysis_sort sort;
  const struct analysis_filter *filter;
  bool inverted; /* by tree: what allocates at the top, its callers below */
};
struct analysis_report *analysis_query(const struct analysis *analysis,
                                       const struct analysis_query *query);
void analysis_report_free(struct analysis_report *report);

/* What a thread itself did in the whole run, by its number in the trace. */
struct analysis_thread {
  uint64_t allocations, allocated_bytes;
  uint64_t frees, freed_bytes; /* bytes: of those whose allocation was recorded */
  uint64_t foreign_frees;      /* of blocks that another thread had allocated */
};
const struct analysis_thread *analysis_thread(const struct analysis *analysis, uint32_t thread);

/* The time line: outstanding bytes and blocks at a few hundred steps; the array is analysis's. */
struct analysis_step {
  uint64_t stamp, outstanding_bytes, outstanding_blocks, rss_kib;
};
size_t analysis_time_line(const struct analysis *analysis, const struct analysis_step **steps);

#endif

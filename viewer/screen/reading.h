/* SPDX-License-Identifier: Apache-2.0
 *
 * One reading of a trace: the trace, its symbols and its analysis, which live and go together. A
 * running trace is read again and again; each time makes a reading, and the one on the screen
 * stays whole until its last user lets go of it.
 */
#ifndef SEEP_READING_H
#define SEEP_READING_H

#include "analysis/analysis.h"
#include "analysis/profile.h"
#include "compare/compare.h"
#include "screen/ending.h"
#include "symbols/symbols.h"

#include <stdatomic.h>

struct reading {
  char *path;
  struct trace *trace;
  struct symbols *symbols;
  struct analysis *analysis;
  char ending[ENDING_TEXT]; /* how the target ended; "": it was not seen to */
  atomic_uint users;
};

/* What is asked of the trace: an interval's rows, in an order. */
#define QUESTION_END UINT64_MAX /* "to": the last moment, whichever that will be */
struct question {
  uint64_t from, to; /* stamps of moments: they outlive a reading; from 0: the start */
  enum analysis_by by;
  enum analysis_sort sort;
  char filter[256];           /* see analysis/filter.h; "": everything */
  bool inverted;              /* trees: what allocates first, its callers below */
  bool compared;              /* a difference is wanted, too (difference.h) */
  enum compare_normal normal; /* of the difference */
};

/* Reads the trace at path; slow. *out has one user, unless the status tells otherwise. */
enum trace_status reading_new(const char *path, const struct analysis_options *options,
                              struct reading **out, struct trace_error *error);

/* Any thread that has a reading may hand it to another: reading_keep for the other, which calls
 * reading_drop when done. NULL is no reading. */
struct reading *reading_keep(struct reading *reading);
void reading_drop(struct reading *reading);

/* The last moment of the trace at or before stamp; the first where there is none. */
size_t reading_moment(const struct analysis *analysis, uint64_t stamp);

/* The answer, or NULL (no memory). A question about moments or a filter that do not exist is
 * answered for those that do. By one thread at a time; slow. */
struct analysis_report *reading_ask(const struct reading *reading, const struct question *question);

/* The profile of a row of the question's answer; NULL: no memory. As above. */
struct profile *reading_inspect(const struct reading *reading, const struct question *question,
                                const struct analysis_site *site);

#endif

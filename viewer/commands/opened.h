/* SPDX-License-Identifier: Apache-2.0
 *
 * A trace as the commands that show figures open it: found, read, with symbols and analysis.
 * Functions return COMMAND_DONE, or COMMAND_ERROR with the reason said on stderr.
 */
#ifndef SEEP_OPENED_H
#define SEEP_OPENED_H

#include "analysis/analysis.h"
#include "symbols/symbols.h"
#include <limits.h>

struct opened {
  char path[PATH_MAX];
  struct trace *trace;
  struct symbols *symbols;
  struct analysis *analysis;
};

/* Opens the trace that text names (FILE or PID). opened_close is due in either case. */
int opened_open(struct opened *opened, const char *text);

/* Reads the events once, with progress, and keeps the moments that names say by time ("+30s");
 * entries may be NULL or empty. rules: a file, or NULL. A second call begins anew. */
int opened_analyse(struct opened *opened, const char *rules, const char *const *names,
                   size_t count);

/* The moments that from and to name (NULL: start, end), in order. */
int opened_interval(const struct opened *opened, const char *from, const char *to, size_t *first,
                    size_t *last);

/* The same for a query, with the filter that text says (NULL: none). *filter is the caller's, to be
 * freed with analysis_filter_free after the query; NULL where there is none. */
int opened_query(const struct opened *opened, const char *from, const char *to, const char *text,
                 struct analysis_query *query, struct analysis_filter **filter);

void opened_close(struct opened *opened);

#endif

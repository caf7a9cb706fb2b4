/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaks that are known, in LeakSanitizer's syntax: a line "leak:PATTERN" suppresses what a stack
 * holds of whose frames one has a function, a file or a module (both with directory) that the
 * pattern occurs in. In a pattern "*" stands for anything, "^" at its begin and "$" at its end for
 * the begin and the end of the name. Empty lines and lines that begin with "#" are skipped.
 */
#ifndef SEEP_COMPARE_SUPPRESSIONS_H
#define SEEP_COMPARE_SUPPRESSIONS_H

#include "symbols/symbols.h"
#include "trace/trace.h"

struct suppression {
  char *pattern;
  uint64_t blocks, bytes; /* outstanding that it has suppressed */
};

struct suppressions {
  struct suppression *list;
  size_t count;
  const struct trace *trace; /* private from here on */
  struct symbols *symbols;
  uint32_t *by_context; /* what was found out about the trace's contexts */
};

/* Reads the file at path. TRACE_NOT_FOUND, or TRACE_READ for a line that is no suppression; the
 * error's detail names the line. *out is NULL unless TRACE_OK. */
enum trace_status suppressions_read(const char *path, struct suppressions **out,
                                    struct trace_error *error);
void suppressions_free(struct suppressions *suppressions);

/* Says which trace the calls from now on are about; symbols may be NULL. false: no memory. */
bool suppressions_begin(struct suppressions *suppressions, const struct trace *trace,
                        struct symbols *symbols);

/* The suppression that context's stack falls under, or NULL. */
struct suppression *suppressions_find(struct suppressions *suppressions, uint32_t context);

/* Whether pattern occurs in text; never in NULL or "". */
bool suppressions_match(const char *pattern, const char *text);

#endif

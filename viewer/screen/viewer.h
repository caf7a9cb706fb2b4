/* SPDX-License-Identifier: Apache-2.0
 *
 * The viewer on a terminal: takes keys, draws, follows a trace that is still being written. This is
 * the entry point of the command `view`; everything else in this folder stands behind it.
 */
#ifndef SEEP_VIEWER_H
#define SEEP_VIEWER_H

#include <stddef.h>

struct viewer_options {
  const char *old_path;      /* of a trace to compare path's with, or NULL */
  const char *path;          /* the trace (a pid has been resolved: trace_of_pid) */
  const char *const *family; /* paths: all processes of their family are shown; NULL: path alone */
  size_t family_count;
  const char *from, *to;  /* moments as analysis_find_moment takes them; NULL: "start", "end" */
  const char *theme;      /* "auto", "dark", "light" or "mono"; NULL: as kept, else "auto" */
  const char *rules_path; /* more rules for own frames, or NULL */
};

/* Runs until the user quits, the terminal goes away or a signal ends it; stdin and stdout must be a
 * terminal, which is restored in every case. Calls setlocale(LC_ALL, ""). Returns the exit code:
 * 0; 2 where there is no terminal, the trace cannot be read or a moment is not in it; 128 + n after
 * signal n. message (message_bytes ≥ 1) gets one line for stderr without a newline, or "". */
int viewer_run(const struct viewer_options *options, char *message, size_t message_bytes);

#endif

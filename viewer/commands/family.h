/* SPDX-License-Identifier: Apache-2.0
 *
 * seep report --family: the traces of a family, one after the other, as one page.
 */
#ifndef SEEP_COMMANDS_FAMILY_H
#define SEEP_COMMANDS_FAMILY_H

#include "analysis/analysis.h"

struct family_request {
  /* Or NULL. A mark that one process has says the same moment in all. */
  const char *from, *to;
  const char *filter, *rules; /* or NULL */
  enum analysis_sort sort;
  size_t limit; /* rows; 0: all */
  bool json, split;
};

/* The paths of the traces that names (FILE or PID) mean, NULL at the end; NULL: said on stderr. */
char **family_paths(char **names, size_t count);
void family_free_paths(char **paths); /* NULL: nothing */

/* Writes the page of the traces that are named (FILE or PID) to stdout. Returns the exit code; what
 * goes wrong is said on stderr. A trace that cannot be read is said, and left out. */
int family_report(const struct family_request *request, char **names, size_t count);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A trace as diff and check look at it: read whole, and what its sites hold over an interval.
 */
#ifndef SEEP_SUBJECT_H
#define SEEP_SUBJECT_H

#include "commands/opened.h"
#include "compare/pages.h"

struct subject_options {
  const char *from, *to; /* NULL: the start, the end */
  const char *filter;    /* as opened_query takes it, or NULL */
  const char *rules;     /* or NULL */
};

struct subject {
  struct opened opened;
  struct analysis_report *report;
  struct inventory inventory; /* as subject_take made it */
};

/* Reads the trace that text names (FILE or PID) and its interval. Returns COMMAND_DONE, or
 * COMMAND_ERROR with the reason said on stderr; subject_close is due in either case. */
int subject_open(struct subject *subject, const char *text, const struct subject_options *options);

/* Makes the inventory, less what suppressions (or NULL) keep out; judged: with what leaks.
 * Likewise. */
int subject_take(struct subject *subject, struct suppressions *suppressions, bool judged);

/* Says that the interval has no units of work, and what to do: COMMAND_ERROR. option: the one that
 * asks for them. */
int subject_without_units(const struct subject *subject, const char *option);

struct page_side subject_side(const struct subject *subject);
void subject_close(struct subject *subject);

/* Options of both; false: said on stderr. A format is text or json. A percentage, "5" or "0.5", is
 * given as a share, 0.05 or 0.005; name is the option's. */
bool subject_format(const char *text, bool *json);
bool subject_percent(const char *name, const char *text, double *share);

#endif

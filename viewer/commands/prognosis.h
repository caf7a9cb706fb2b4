/* SPDX-License-Identifier: Apache-2.0
 *
 * How the findings on a program are told: all of them as data, or the ones that matter before a
 * run.
 */
#ifndef SEEP_PROGNOSIS_H
#define SEEP_PROGNOSIS_H

#include "inspect/inspect.h"

#include <stdio.h>

struct prognosis_subject {
  const char *name; /* what was asked about */
  const char *path; /* the executable that was inspected */
  uint64_t pid;     /* 0: it does not run */
};

/* A line for each finding, then the answer. */
void prognosis_print_text(FILE *out, const struct prognosis_subject *subject,
                          const struct diagnosis *diagnosis);
void prognosis_print_json(FILE *out, const struct prognosis_subject *subject,
                          const struct diagnosis *diagnosis);

/* On stderr, one line for each finding from FINDING_PART on: name is the program's. */
void prognosis_say(const char *name, const struct diagnosis *diagnosis);
/* The same, of FINDING_PART alone. */
void prognosis_say_parts(const char *name, const struct diagnosis *diagnosis);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What `seep report --family` writes: the processes of a family, and their call sites as one.
 * Writes to the stream it is given and nowhere else; errors stay in it.
 */
#ifndef SEEP_COMPARE_FAMILY_PAGES_H
#define SEEP_COMPARE_FAMILY_PAGES_H

#include "compare/merge.h"
#include <stdio.h>

struct family_page {
  const struct merge *merge;
  const char *from, *to; /* of the interval, as the user gave them; never NULL */
  enum analysis_sort sort;
  size_t limit; /* rows; 0: all */
  bool split;   /* a row per process, no call sites */
};

void family_text(FILE *out, const struct family_page *page);

/* One object: "seep", "family" (what is there and what is not), "totals" and "run" (sums over the
 * processes), "interval", "processes", and unless the page is split "sites". */
void family_json(FILE *out, const struct family_page *page);

/* Of one child: what it has from its parents, by their sites; member is the child. Written behind
 * its own report. */
void family_inherited_text(FILE *out, const struct merge *merge, size_t member, size_t limit);
struct json;
void family_inherited_json(struct json *json, const struct merge *merge, size_t member);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What `seep diff` and `seep check` write, as text and as JSON. Everything from a trace is made
 * harmless on the way. Writes to the stream it is given and nowhere else; errors stay in it.
 */
#ifndef SEEP_COMPARE_PAGES_H
#define SEEP_COMPARE_PAGES_H

#include "compare/budget.h"
#include "compare/compare.h"
#include "compare/suppressions.h"
#include <stdio.h>

struct page_side {  /* a trace, and the interval of it that is looked at */
  const char *path; /* as the user gave it */
  const struct trace *trace;
  const struct analysis *analysis;
  const struct analysis_report *report;
  const struct inventory *inventory;
};

/* ---- diff ---- */

struct page_diff {
  struct page_side old, new;
  const struct comparison *comparison;
  enum compare_normal normal;
  size_t limit; /* rows; 0: all */
};

void diff_text(FILE *out, const struct page_diff *page);

/* One object: "seep", "normalize", "old" and "new" (path, trace, warnings, interval, figures),
 * "changes" (how many sites of each), "sites": what differs, each with "change", its names, "old"
 * and "new" (absent: that run has no such site) and the differences as normalised. */
void diff_json(FILE *out, const struct page_diff *page);

/* ---- check ---- */

struct page_check {
  struct page_side side;
  const struct budget *budget;
  const struct budget_result *result;
  const struct suppressions *suppressions; /* or NULL */
};

/* A line per site over the budget, with its figures and where it is; then a line per suppression
 * that was used, and one with the answer. */
void check_text(FILE *out, const struct page_check *page);

/* One object: "seep", "within", the trace's members as in diff_json, "budget", "sites" (those over
 * it), "suppressed". */
void check_json(FILE *out, const struct page_check *page);

/* ---- What both share ---- */

/* "load.seep: sessiond pid 12, warm to after, 3.20 s, 150 units", and a line per warning. */
void page_side_text(FILE *out, const char *name, const struct page_side *side);

/* A figure per unit or hour, as format_ratio, but small ones with two digits that count. Writes
 * into out[FORMAT_BYTES] and returns it. */
const char *page_ratio(char *out, double ratio);

/* The members of a side for an object that json stands in. */
struct json;
void page_side_json(struct json *json, const struct page_side *side);

void page_identity_json(struct json *json, const struct identity *identity);
void page_holding_json(struct json *json, const struct holding *holding, uint64_t units);

#endif

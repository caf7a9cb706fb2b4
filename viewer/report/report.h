/* SPDX-License-Identifier: Apache-2.0
 *
 * A report on paper: what `seep report` writes, as text and as JSON. Everything from the trace is
 * made harmless on the way (escape.h). Writes to the stream it is given and nowhere else.
 */
#ifndef SEEP_REPORT_H
#define SEEP_REPORT_H

#include "analysis/analysis.h"
#include "symbols/symbols.h"
#include "trace/trace.h"
#include <stdio.h>

struct json;
struct report_request {
  const char *path; /* of the trace, as the user gave it */
  const struct trace *trace;
  const struct analysis *analysis;
  struct symbols *symbols;              /* NULL: frames are code addresses */
  const struct analysis_report *report; /* the interval, its rows and their order */
  size_t limit;                         /* rows; 0: all */
  size_t stack_limit;                   /* stacks written per row; 0: all */
  size_t stack_rows;                    /* text: rows whose stacks are written; 0: none */
  /* Writes more members behind those of the report, or NULL. JSON alone. */
  void (*more)(struct json *json, const void *data);
  const void *more_data;
};

/* Both return false when the stream could not be written (or memory ran out), and leave flushing
 * and closing to the caller. Two calls with the same request write the same bytes.
 *
 * JSON is the object of the project's JSON contract. By anything but site, the key "by" names the
 * kind of row and the rows stand under "rows" in place of "sites"; rows of a tree have "depth" and
 * come callers first. */
bool report_text(FILE *out, const struct report_request *request);
bool report_json(FILE *out, const struct report_request *request);

/* The members of that object, for a document that has more: json stands inside an object. false:
 * no memory. */
bool report_json_members(struct json *json, const struct report_request *request);

/* What was counted of blocks and bytes, as members of the object that json stands in. */
void report_json_counts(struct json *json, const struct analysis_figures *figures);

#endif

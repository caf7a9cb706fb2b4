/* SPDX-License-Identifier: Apache-2.0
 *
 * What every JSON document of ours says about its trace, in the same words.
 */
#ifndef SEEP_REPORT_TRACE_JSON_H
#define SEEP_REPORT_TRACE_JSON_H

#include "report/json_writer.h"
#include "trace/trace.h"

/* Seconds from one stamp to another. */
double trace_json_seconds(const struct trace *trace, uint64_t from, uint64_t to);

/* The member "trace". */
void trace_json(struct json *json, const struct trace *trace);

/* Warnings known without a replay (or with one), as the member "warnings". */
struct analysis_totals;
void trace_json_warnings(struct json *json, const struct trace *trace,
                         const struct analysis_totals *totals);

/* What a limit of the trace's size left out, as members; none where it has no limit. */
void trace_json_limit(struct json *json, const struct trace *trace);

/* Of forked children that were not recorded, as members of the object that json stands in. */
void trace_json_children(struct json *json, const struct trace *trace);

#endif

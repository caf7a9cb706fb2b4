/* SPDX-License-Identifier: Apache-2.0 */
#include "report/trace_json.h"
#include "report/format.h"
#include "report/warnings.h"

double trace_json_seconds(const struct trace *trace, uint64_t from, uint64_t to) {
  return to > from ? (double)(to - from) / trace->process.ticks_per_second : 0;
}

void trace_json(struct json *json, const struct trace *trace) {
  char start[FORMAT_BYTES];
  const struct trace_process *process = &trace->process;
  json_object(json, "trace");
  json_text(json, "program", process->program);
  json_number(json, "pid", process->pid);
  json_array(json, "command");
  for (char **argument = process->command; argument && *argument; argument++)
    json_text(json, NULL, *argument);
  json_array_end(json);
  json_text(json, "start", format_utc(start, process->start_realtime_ns));
  json_real(json, "duration_s", trace_json_seconds(trace, process->start_stamp, trace->last_stamp));
  json_bool(json, "complete", warnings_complete(trace));
  json_text(json, "state", warnings_state(trace));
  json_text(json, "clock", process->clock == SEEP_CLOCK_TSC ? "tsc" : "monotonic");
  json_object_end(json);
}

void trace_json_warnings(struct json *json, const struct trace *trace,
                         const struct analysis_totals *totals) {
  char text[WARNING_BYTES];
  json_array(json, "warnings");
  for (size_t i = 0; warnings_text(text, i, trace, totals); i++)
    json_text(json, NULL, text);
  json_array_end(json);
}

void trace_json_limit(struct json *json, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  if (!counters->size_limit)
    return;
  json_number(json, "size_limit", counters->size_limit);
  json_number(json, "followed_share", counters->followed_share);
  json_number(json, "unfollowed_blocks", counters->unfollowed_blocks);
  json_number(json, "unfollowed_bytes", counters->unfollowed_bytes);
  json_number(json, "unfollowed_frees", counters->unfollowed_frees);
  json_number(json, "unwritten_records", counters->unwritten_records);
}

void trace_json_children(struct json *json, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  json_number(json, "unrecorded_children", counters->unrecorded_children);
  json_number(json, "unrecorded_children_allocations", counters->unrecorded_child_allocations);
  json_number(json, "unrecorded_children_bytes", counters->unrecorded_child_bytes);
}

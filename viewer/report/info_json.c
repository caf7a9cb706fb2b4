/* SPDX-License-Identifier: Apache-2.0 */
#include "report/info.h"
#include "report/resident.h"
#include "report/trace_json.h"

static void info_json_machine(struct json *json, const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  json_object(json, "machine");
  json_number(json, "cpus", process->cpus);
  json_number(json, "memory_bytes", process->memory_bytes);
  if (process->memory_limit_bytes)
    json_number(json, "memory_limit_bytes", process->memory_limit_bytes);
  json_number(json, "page_bytes", process->page_bytes);
  json_text(json, "kernel", process->kernel);
  json_object_end(json);
}

static void info_json_process(struct json *json, const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  json_object(json, "process");
  json_text(json, "executable", process->executable);
  json_number(json, "parent_pid", process->parent_pid);
  json_hex(json, "trace_id", process->trace_id, sizeof process->trace_id);
  if (process->fork_stamp) {
    json_hex(json, "parent_trace_id", process->parent_trace_id, sizeof process->parent_trace_id);
    json_real(json, "forked_s", trace_seconds(trace, process->fork_stamp));
  }
  if (process->attached_ns)
    json_real(json, "attached_s", (double)process->attached_ns / 1e9);
  json_real(json, "ticks_per_second", process->ticks_per_second);
  json_object_end(json);
}

static void info_json_recorder(struct json *json, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  double ticks = trace->process.ticks_per_second;
  json_object(json, "recorder");
  json_text(json, "version", trace->process.recorder);
  json_text(json, "unwinder", trace->process.unwinder);
  json_text(json, "options", trace->process.options);
  if (counters->recorder_bytes)
    json_number(json, "peak_bytes", counters->recorder_bytes);
  json_number(json, "budget_bytes", info_recorder_budget(trace));
  json_number(json, "peak_threads", counters->peak_threads);
  json_number(json, "contexts", counters->context_count);
  json_number(json, "drains", counters->drains);
  json_real(json, "longest_holdup_s", (double)counters->holdup_ticks / ticks);
  json_number(json, "captures", counters->captures);
  json_number(json, "verified", counters->verified);
  json_number(json, "verify_skipped", counters->verify_skipped);
  json_number(json, "disagreements", counters->disagreements);
  json_object_end(json);
}

static void info_json_events(struct json *json, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  uint64_t bytes = counters->file_bytes + counters->stage_bytes;
  json_object(json, "events");
  json_number(json, "records", trace->record_count);
  json_number(json, "file_bytes", counters->file_bytes);
  json_number(json, "stage_bytes", counters->stage_bytes);
  if (trace->record_count)
    json_real(json, "bytes_per_record", (double)bytes / (double)trace->record_count);
  json_number(json, "lost_events", counters->lost_events);
  json_number(json, "unrecorded_events", counters->unrecorded_events);
  json_number(json, "truncated_stacks", counters->truncated_stacks);
  json_number(json, "paused_events", counters->paused_events);
  trace_json_children(json, trace);
  trace_json_limit(json, trace);
  json_object_end(json);
}

static void info_json_marks(struct json *json, const struct trace *trace) {
  static const char *const kinds[] = {
      [SEEP_MARK_LABEL] = "mark", [SEEP_MARK_PAUSE] = "pause", [SEEP_MARK_RESUME] = "resume"};
  json_array(json, "marks");
  for (size_t i = 0; i < trace->mark_count; i++) {
    const struct trace_mark *mark = &trace->marks[i];
    json_object(json, NULL);
    json_text(json, "kind", mark->kind <= SEEP_MARK_RESUME ? kinds[mark->kind] : NULL);
    json_text(json, "label", mark->label);
    json_real(json, "time_s", trace_seconds(trace, mark->stamp));
    if (mark->units)
      json_number(json, "units", mark->units);
    json_object_end(json);
  }
  json_array_end(json);
}

static void info_json_modules(struct json *json, const struct info_request *request) {
  json_array(json, "modules");
  for (size_t i = 1; i < request->trace->module_count; i++) {
    const struct trace_module *module = &request->trace->modules[i];
    json_object(json, NULL);
    json_text(json, "path", module->path);
    json_hex(json, "build_id", module->build_id, module->build_id_bytes);
    json_number(json, "start", module->start);
    json_number(json, "stop", module->stop);
    json_number(json, "bias", module->bias);
    if (module->unload_stamp)
      json_real(json, "unloaded_s", trace_seconds(request->trace, module->unload_stamp));
    if (request->symbols)
      json_text(json, "symbols",
                symbols_state_text(symbols_module_state(request->symbols, (uint32_t)i)));
    json_object_end(json);
  }
  json_array_end(json);
}

static void info_json_threads(struct json *json, const struct trace *trace) {
  json_array(json, "threads");
  for (size_t i = 1; i < trace->thread_count; i++) {
    const struct trace_thread *thread = &trace->threads[i];
    json_object(json, NULL);
    json_number(json, "tid", thread->tid);
    json_text(json, "name", thread->name);
    json_real(json, "start_s", trace_seconds(trace, thread->start_stamp));
    if (thread->end_stamp)
      json_real(json, "end_s", trace_seconds(trace, thread->end_stamp));
    json_object_end(json);
  }
  json_array_end(json);
}

static void info_json_damages(struct json *json, const struct trace *trace) {
  json_array(json, "damages");
  for (size_t i = 0; i < trace->damage_count; i++) {
    json_object(json, NULL);
    json_number(json, "offset", trace->damages[i].offset);
    json_number(json, "bytes", trace->damages[i].bytes);
    json_text(json, "reason", trace->damages[i].reason);
    json_object_end(json);
  }
  json_array_end(json);
}

static void info_json_addresses(struct json *json, const char *key, const uint64_t *addresses,
                                size_t count) {
  json_array(json, key);
  for (size_t i = 0; i < count; i++)
    json_number(json, NULL, addresses[i]);
  json_array_end(json);
}

static void info_json_disagreements(struct json *json, const struct trace *trace) {
  json_array(json, "disagreements");
  for (size_t i = 0; i < trace->disagreement_count; i++) {
    const struct trace_disagreement *item = &trace->disagreements[i];
    json_object(json, NULL);
    json_real(json, "time_s", trace_seconds(trace, item->stamp));
    info_json_addresses(json, "ours", item->ours, item->our_count);
    info_json_addresses(json, "libunwind", item->theirs, item->their_count);
    json_object_end(json);
  }
  json_array_end(json);
}

bool info_json(FILE *out, const struct info_request *request) {
  struct json json = json_to(out);
  const struct trace *trace = request->trace;
  json_object(&json, NULL);
  json_number(&json, "seep", 1);
  trace_json(&json, trace);
  info_json_process(&json, trace);
  info_json_machine(&json, trace);
  info_json_events(&json, trace);
  info_json_recorder(&json, trace);
  resident_json_readings(&json, trace);
  trace_json_warnings(&json, trace, NULL);
  info_json_damages(&json, trace);
  info_json_marks(&json, trace);
  info_json_modules(&json, request);
  info_json_threads(&json, trace);
  info_json_disagreements(&json, trace);
  json_object_end(&json);
  json_end(&json);
  return !ferror(out);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/process.h"
#include "trace/reader.h"

#include <stdlib.h>

const char *trace_status_text(enum trace_status status) {
  static const char *const texts[] = {
#define X(name, text) text,
      TRACE_STATUSES(X)
#undef X
  };
  return (size_t)status < sizeof texts / sizeof *texts ? texts[status] : "is in a state unknown";
}

double trace_seconds(const struct trace *trace, uint64_t stamp) {
  double ticks = (double)(int64_t)(stamp - trace->process.start_stamp);
  return ticks / trace->process.ticks_per_second;
}

uint64_t trace_realtime_ns(const struct trace *trace, uint64_t stamp) {
  double ns = trace_seconds(trace, stamp) * 1e9;
  double limit = 9e18; /* centuries: a stamp that makes no sense */
  ns = ns > limit ? limit : ns < -limit ? -limit : ns;
  return trace->process.start_realtime_ns + (uint64_t)(int64_t)ns;
}

static bool trace_same_file(const struct file *a, const struct file *b) {
  return a->device == b->device && a->inode == b->inode;
}

bool trace_changed(const struct trace *trace) {
  const struct trace_reader *reader = trace->reader;
  struct file now = reader->frames.file;
  struct snapshot stage;
  if (!file_measure(&now) || now.bytes != reader->frames.file.bytes)
    return true;
  bool has_stage = snapshot_open(&stage, reader->stage_path) == SNAPSHOT_OK;
  bool had_stage = reader->stage.file.fd >= 0;
  bool changed = has_stage != had_stage;
  if (has_stage && had_stage)
    changed = !trace_same_file(&stage.file, &reader->stage.file) ||
              stage.running != reader->stage.running || snapshot_changed(&reader->stage);
  if (has_stage)
    snapshot_close(&stage);
  return changed;
}

static void trace_free_definitions(struct trace *trace) {
  process_free(&trace->process);
  for (size_t i = 0; i < trace->module_count; i++) {
    free(trace->modules[i].path);
    free(trace->modules[i].build_id);
  }
  for (size_t i = 0; i < trace->thread_count; i++)
    free(trace->threads[i].name);
  for (size_t i = 0; i < trace->mark_count; i++)
    free(trace->marks[i].label);
  for (size_t i = 0; i < trace->disagreement_count; i++) {
    free(trace->disagreements[i].ours);
    free(trace->disagreements[i].theirs);
  }
}

void trace_close(struct trace *trace) {
  if (!trace)
    return;
  trace_free_definitions(trace);
  free(trace->modules);
  free(trace->threads);
  free(trace->marks);
  free(trace->contexts);
  free(trace->samples);
  free(trace->residents);
  free(trace->heaps.windows);
  free(trace->damages);
  free(trace->disagreements);
  reader_free(trace->reader);
  free(trace);
}

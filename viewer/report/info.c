/* SPDX-License-Identifier: Apache-2.0 */
#include "report/info.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/warnings.h"
#include <inttypes.h>

#define INFO_TEXT 512

uint64_t info_recorder_budget(const struct trace *trace) {
  return (2u << 20) + trace->counters.peak_threads * (64u << 10) +
         trace->counters.context_count * 48u;
}

static double info_seconds(const struct trace *trace, uint64_t ticks) {
  return (double)ticks / trace->process.ticks_per_second;
}

static void info_line(FILE *out, const char *name, const char *text) {
  fprintf(out, "%-14s %s\n", name, text);
}

/* A text of the trace; nothing is written if there is none. */
static void info_escaped(FILE *out, const char *name, const char *text) {
  char harmless[INFO_TEXT];
  if (text && *text)
    info_line(out, name, escape_text(harmless, sizeof harmless, 300, text));
}

static void info_process(FILE *out, const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  char harmless[INFO_TEXT];
  info_escaped(out, "program", process->program);
  info_escaped(out, "executable", process->executable);
  fprintf(out, "%-14s", "command");
  for (char **argument = process->command; argument && *argument; argument++)
    fprintf(out, " %s", escape_text(harmless, sizeof harmless, 100, *argument));
  fprintf(out, "\n%-14s %" PRIu64 " (parent %" PRIu64 ")\n", "process", process->pid,
          process->parent_pid);
  if (process->fork_stamp)
    info_line(out, "forked", "from a recorded process");
}

static void info_size(FILE *out, const char *name, uint64_t bytes) {
  char size[FORMAT_BYTES], exact[FORMAT_BYTES];
  fprintf(out, "%-14s %s (%s bytes)\n", name, format_size(size, bytes), format_count(exact, bytes));
}

static void info_machine(FILE *out, const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  fprintf(out, "%-14s %" PRIu64 " CPUs\n", "machine", process->cpus);
  info_size(out, "memory", process->memory_bytes);
  if (process->memory_limit_bytes)
    info_size(out, "memory limit", process->memory_limit_bytes);
  info_escaped(out, "kernel", process->kernel);
  info_escaped(out, "recorder", process->recorder);
  info_escaped(out, "unwinder", process->unwinder);
  info_escaped(out, "options", process->options);
}

static void info_time(FILE *out, const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  char text[FORMAT_BYTES];
  info_line(out, "start", format_utc(text, process->start_realtime_ns));
  info_line(out, "duration", format_duration(text, trace_seconds(trace, trace->last_stamp)));
  info_line(out, "state", warnings_state(trace));
  fprintf(out, "%-14s %s, %s ticks/s\n", "clock",
          process->clock == SEEP_CLOCK_TSC ? "time stamp counter" : "CLOCK_MONOTONIC",
          format_count(text, (uint64_t)process->ticks_per_second));
}

static void info_events(FILE *out, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  uint64_t bytes = counters->file_bytes + counters->stage_bytes;
  char count[FORMAT_BYTES];
  info_line(out, "records", format_count(count, trace->record_count));
  info_size(out, "trace file", counters->file_bytes);
  if (counters->stage_bytes)
    info_size(out, "stage", counters->stage_bytes);
  if (trace->record_count)
    info_line(out, "bytes/record",
              format_ratio(count, (double)bytes / (double)trace->record_count));
}

static void info_recorder(FILE *out, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  char budget[FORMAT_BYTES], text[FORMAT_BYTES], threads[FORMAT_BYTES], contexts[FORMAT_BYTES];
  if (counters->recorder_bytes) /* not known before the recorder first wrote its state */
    info_size(out, "recorder peak", counters->recorder_bytes);
  fprintf(out, "%-14s %s (2 MiB + 64 KiB x %s threads + 48 B x %s contexts)\n", "budget",
          format_size(budget, info_recorder_budget(trace)),
          format_count(threads, counters->peak_threads),
          format_count(contexts, counters->context_count));
  fprintf(out, "%-14s %s", "drains", format_count(text, counters->drains));
  fprintf(out, ", longest hold-up %s\n",
          format_duration(text, info_seconds(trace, counters->holdup_ticks)));
}

static void info_verification(FILE *out, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  const struct {
    const char *name;
    uint64_t count;
  } lines[] = {{"stacks taken", counters->captures},
               {"verified", counters->verified},
               {"not comparable", counters->verify_skipped},
               {"disagreements", counters->disagreements}};
  char text[FORMAT_BYTES];
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    info_line(out, lines[i].name, format_count(text, lines[i].count));
}

static void info_addresses(FILE *out, const char *name, const uint64_t *addresses, size_t count) {
  fprintf(out, "  %s:", name);
  for (size_t i = 0; i < count; i++)
    fprintf(out, " 0x%" PRIx64, addresses[i]);
  fputc('\n', out);
}

static void info_disagreements(FILE *out, const struct trace *trace) {
  char time[FORMAT_BYTES];
  for (size_t i = 0; i < trace->disagreement_count; i++) {
    const struct trace_disagreement *item = &trace->disagreements[i];
    fprintf(out, "\ndisagreement at +%s\n",
            format_duration(time, trace_seconds(trace, item->stamp)));
    info_addresses(out, "ours", item->ours, item->our_count);
    info_addresses(out, "libunwind", item->theirs, item->their_count);
  }
}

static void info_warnings(FILE *out, const struct trace *trace) {
  char warning[WARNING_BYTES];
  for (size_t i = 0; warnings_text(warning, i, trace, NULL); i++)
    fprintf(out, "warning: %s\n", warning);
}

static void info_mark(FILE *out, const struct trace *trace, const struct trace_mark *mark) {
  static const char *const kinds[] = {
      [SEEP_MARK_LABEL] = "mark", [SEEP_MARK_PAUSE] = "pause", [SEEP_MARK_RESUME] = "resume"};
  char label[INFO_TEXT], time[FORMAT_BYTES], units[FORMAT_BYTES];
  format_duration(time, trace_seconds(trace, mark->stamp));
  fprintf(out, "  +%-14s %-6s %s", time, mark->kind <= SEEP_MARK_RESUME ? kinds[mark->kind] : "?",
          escape_text(label, sizeof label, 100, mark->label ? mark->label : ""));
  if (mark->units)
    fprintf(out, " (%s units)", format_count(units, mark->units));
  fputc('\n', out);
}

static void info_module(FILE *out, const struct info_request *request, uint32_t index) {
  const struct trace_module *module = &request->trace->modules[index];
  char path[INFO_TEXT];
  fputs("  ", out);
  for (size_t i = 0; i < module->build_id_bytes; i++)
    fprintf(out, "%02x", module->build_id[i]);
  fprintf(out, "%s %s%s", module->build_id_bytes ? "" : "(no build-id)",
          escape_text(path, sizeof path, 200, module->path),
          module->unload_stamp ? " (unloaded)" : "");
  if (request->symbols)
    fprintf(out, ": %s", symbols_state_text(symbols_module_state(request->symbols, index)));
  fputc('\n', out);
}

static void info_thread(FILE *out, const struct trace *trace, size_t index) {
  const struct trace_thread *thread = &trace->threads[index];
  char name[INFO_TEXT];
  fprintf(out, "  %-10" PRIu64 " %s%s\n", thread->tid,
          escape_text(name, sizeof name, 60, thread->name), thread->end_stamp ? " (ended)" : "");
}

static void info_lists(FILE *out, const struct info_request *request) {
  const struct trace *trace = request->trace;
  fprintf(out, "\nmarks: %zu\n", trace->mark_count);
  for (size_t i = 0; i < trace->mark_count; i++)
    info_mark(out, trace, &trace->marks[i]);
  fprintf(out, "\nmodules: %zu\n", trace->module_count ? trace->module_count - 1 : 0);
  for (size_t i = 1; i < trace->module_count; i++)
    info_module(out, request, (uint32_t)i);
  fprintf(out, "\nthreads: %zu\n", trace->thread_count ? trace->thread_count - 1 : 0);
  for (size_t i = 1; i < trace->thread_count; i++)
    info_thread(out, trace, i);
}

bool info_text(FILE *out, const struct info_request *request) {
  const struct trace *trace = request->trace;
  info_escaped(out, "trace", request->path);
  info_process(out, trace);
  info_time(out, trace);
  info_machine(out, trace);
  info_events(out, trace);
  info_recorder(out, trace);
  info_verification(out, trace);
  info_warnings(out, trace);
  info_lists(out, request);
  info_disagreements(out, trace);
  return !ferror(out);
}

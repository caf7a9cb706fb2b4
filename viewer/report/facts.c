/* SPDX-License-Identifier: Apache-2.0 */
#include "report/facts.h"
#include "analysis/whole.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/provenance.h"
#include "report/resident.h"
#include "report/warnings.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#define FACTS_TEXT 512

/* Takes text, which may be NULL for want of memory. */
static void facts_take(struct facts *facts, enum fact_kind kind, const char *name, char *text) {
  if (text && facts->count == facts->capacity) {
    size_t capacity = facts->capacity ? 2 * facts->capacity : 64;
    struct fact *larger = reallocarray(facts->list, capacity, sizeof *larger);
    if (larger) {
      facts->list = larger;
      facts->capacity = capacity;
    }
  }
  if (text && facts->count < facts->capacity) {
    facts->list[facts->count++] = (struct fact){kind, name, text};
    return;
  }
  free(text);
  facts->failed = true;
}

void facts_add(struct facts *facts, enum fact_kind kind, const char *name, const char *format,
               ...) {
  va_list arguments;
  char *text;
  va_start(arguments, format);
  if (vasprintf(&text, format, arguments) < 0)
    text = NULL;
  va_end(arguments);
  facts_take(facts, kind, name, text);
}

static void facts_line(struct facts *facts, const char *name, const char *text) {
  facts_add(facts, FACT_LINE, name, "%s", text);
}

/* A text of the trace; nothing is told if there is none. */
static void facts_escaped(struct facts *facts, const char *name, const char *text) {
  char harmless[FACTS_TEXT];
  if (text && *text)
    facts_line(facts, name, escape_text(harmless, sizeof harmless, 300, text));
}

static void facts_size(struct facts *facts, const char *name, uint64_t bytes) {
  char size[FORMAT_BYTES], exact[FORMAT_BYTES];
  facts_add(facts, FACT_LINE, name, "%s (%s bytes)", format_size(size, bytes),
            format_count(exact, bytes));
}

static double facts_seconds(const struct trace *trace, uint64_t ticks) {
  return (double)ticks / trace->process.ticks_per_second;
}

static void facts_command(struct facts *facts, char *const *argument) {
  char harmless[FACTS_TEXT], *text = NULL;
  size_t bytes = 0;
  FILE *out = open_memstream(&text, &bytes);
  for (const char *gap = ""; out && argument && *argument; argument++, gap = " ")
    fprintf(out, "%s%s", gap, escape_text(harmless, sizeof harmless, 100, *argument));
  bool whole = out && !fclose(out);
  facts_take(facts, FACT_LINE, "command", whole ? text : NULL);
}

static void facts_process(struct facts *facts, const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  char text[FORMAT_BYTES];
  facts_escaped(facts, "program", process->program);
  facts_escaped(facts, "executable", process->executable);
  facts_command(facts, process->command);
  facts_add(facts, FACT_LINE, "process", "%" PRIu64 " (parent %" PRIu64 ")", process->pid,
            process->parent_pid);
  if (process->fork_stamp)
    facts_line(facts, "forked", "from a recorded process");
  if (process->attached_ns)
    facts_add(facts, FACT_LINE, "attached", "%s after its start",
              format_duration(text, (double)process->attached_ns / 1e9));
}

static void facts_time(struct facts *facts, const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  char text[FORMAT_BYTES];
  facts_line(facts, "start", format_utc(text, process->start_realtime_ns));
  facts_line(facts, "duration", format_duration(text, trace_seconds(trace, trace->last_stamp)));
  facts_line(facts, "state", warnings_state(trace));
  facts_add(facts, FACT_LINE, "clock", "%s, %s ticks/s",
            process->clock == SEEP_CLOCK_TSC ? "time stamp counter" : "CLOCK_MONOTONIC",
            format_count(text, whole_of(process->ticks_per_second)));
}

/* A line each in the trace. */
static void facts_options(struct facts *facts, const char *options) {
  char line[FACTS_TEXT];
  size_t used = 0;
  for (; options && options[used] && used + 1 < sizeof line; used++)
    line[used] = options[used] == '\n' ? ' ' : options[used];
  while (used && line[used - 1] == ' ')
    used--;
  line[used] = '\0';
  facts_escaped(facts, "options", line);
}

static void facts_machine(struct facts *facts, const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  facts_add(facts, FACT_LINE, "machine", "%" PRIu64 " CPUs", process->cpus);
  facts_size(facts, "memory", process->memory_bytes);
  if (process->memory_limit_bytes)
    facts_size(facts, "memory limit", process->memory_limit_bytes);
  facts_escaped(facts, "kernel", process->kernel);
  facts_escaped(facts, "recorder", process->recorder);
  facts_escaped(facts, "unwinder", process->unwinder);
  facts_options(facts, process->options);
}

static void facts_limit(struct facts *facts, const struct trace_counters *counters) {
  char limit[FORMAT_BYTES], share[FORMAT_BYTES], blocks[FORMAT_BYTES], frees[FORMAT_BYTES];
  format_size(limit, counters->size_limit);
  if (counters->unwritten_records)
    facts_add(facts, FACT_LINE, "size limit", "%s, reached", limit);
  else if (counters->followed_share > 1)
    facts_add(facts, FACT_LINE, "size limit", "%s: of new blocks 1 in %s is followed", limit,
              format_count(share, counters->followed_share));
  else
    facts_add(facts, FACT_LINE, "size limit", "%s: every block is followed", limit);
  if (counters->unfollowed_blocks)
    facts_add(facts, FACT_LINE, "only counted", "%s allocations, %s frees",
              format_count(blocks, counters->unfollowed_blocks),
              format_count(frees, counters->unfollowed_frees));
}

static void facts_events(struct facts *facts, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  uint64_t bytes = counters->file_bytes + counters->stage_bytes;
  char count[FORMAT_BYTES];
  facts_line(facts, "records", format_count(count, trace->record_count));
  facts_size(facts, "trace file", counters->file_bytes);
  if (counters->size_limit)
    facts_limit(facts, counters);
  if (counters->stage_bytes)
    facts_size(facts, "stage", counters->stage_bytes);
  if (trace->record_count)
    facts_line(facts, "bytes/record",
               format_ratio(count, (double)bytes / (double)trace->record_count));
}

static void facts_recorder(struct facts *facts, const struct trace *trace) {
  const struct trace_counters *counters = &trace->counters;
  char budget[FORMAT_BYTES], text[FORMAT_BYTES], threads[FORMAT_BYTES], contexts[FORMAT_BYTES];
  if (counters->recorder_bytes) /* not known before the recorder first wrote its state */
    facts_size(facts, "recorder peak", counters->recorder_bytes);
  facts_add(facts, FACT_LINE, "budget", "%s (2 MiB + 64 KiB x %s threads + 48 B x %s contexts%s)",
            format_size(budget, info_recorder_budget(trace)),
            format_count(threads, counters->peak_threads),
            format_count(contexts, counters->context_count),
            counters->size_limit ? ", and the size limit's" : "");
  facts_add(facts, FACT_LINE, "drains", "%s, longest hold-up %s",
            format_count(text, counters->drains),
            format_duration(budget, facts_seconds(trace, counters->holdup_ticks)));
}

/* The last reading: there may be one every five seconds. */
static void facts_resident(struct facts *facts, const struct trace *trace) {
  char sentence[RESIDENT_SENTENCE_BYTES];
  if (trace->resident_count)
    facts_line(
        facts, "resident",
        resident_reading_sentence(sentence, trace, &trace->residents[trace->resident_count - 1]));
  else
    facts_line(facts, "resident", "what it consists of was not read");
}

static void facts_verification(struct facts *facts, const struct trace *trace) {
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
    facts_line(facts, lines[i].name, format_count(text, lines[i].count));
}

static void facts_warnings(struct facts *facts, const struct trace *trace) {
  char warning[WARNING_BYTES];
  for (size_t i = 0; warnings_text(warning, i, trace, NULL); i++)
    facts_add(facts, FACT_WARNING, NULL, "%s", warning);
}

static void facts_mark(struct facts *facts, const struct trace *trace,
                       const struct trace_mark *mark) {
  static const char *const kinds[] = {
      [SEEP_MARK_LABEL] = "mark", [SEEP_MARK_PAUSE] = "pause", [SEEP_MARK_RESUME] = "resume"};
  char label[FACTS_TEXT], time[FORMAT_BYTES], count[FORMAT_BYTES], units[FORMAT_BYTES + 16] = "";
  format_duration(time, trace_seconds(trace, mark->stamp));
  if (mark->units)
    snprintf(units, sizeof units, " (%s units)", format_count(count, mark->units));
  facts_add(facts, FACT_ITEM, NULL, "+%-14s %-6s %s%s", time,
            mark->kind <= SEEP_MARK_RESUME ? kinds[mark->kind] : "?",
            escape_text(label, sizeof label, 100, mark->label ? mark->label : ""), units);
}

static void facts_module(struct facts *facts, const struct info_request *request, uint32_t index) {
  const struct trace_module *module = &request->trace->modules[index];
  char path[FACTS_TEXT], id[PROVENANCE_ID_BYTES];
  provenance_build_id(id, module);
  facts_add(facts, FACT_ITEM, NULL, "%s %s%s%s%s", id[0] ? id : "(no build-id)",
            escape_text(path, sizeof path, 200, module->path),
            module->unload_stamp ? " (unloaded)" : "", request->symbols ? ": " : "",
            request->symbols ? symbols_state_text(symbols_module_state(request->symbols, index))
                             : "");
}

static void facts_thread(struct facts *facts, const struct trace_thread *thread) {
  char name[FACTS_TEXT];
  facts_add(facts, FACT_ITEM, NULL, "%-10" PRIu64 " %s%s", thread->tid,
            escape_text(name, sizeof name, 60, thread->name), thread->end_stamp ? " (ended)" : "");
}

static void facts_lists(struct facts *facts, const struct info_request *request) {
  const struct trace *trace = request->trace;
  facts_add(facts, FACT_HEADING, NULL, "marks: %zu", trace->mark_count);
  for (size_t i = 0; i < trace->mark_count; i++)
    facts_mark(facts, trace, &trace->marks[i]);
  facts_add(facts, FACT_HEADING, NULL, "modules: %zu",
            trace->module_count ? trace->module_count - 1 : 0);
  for (size_t i = 1; i < trace->module_count; i++)
    facts_module(facts, request, (uint32_t)i);
  facts_add(facts, FACT_HEADING, NULL, "threads: %zu",
            trace->thread_count ? trace->thread_count - 1 : 0);
  for (size_t i = 1; i < trace->thread_count; i++)
    facts_thread(facts, &trace->threads[i]);
}

static void facts_addresses(struct facts *facts, const char *name, const uint64_t *addresses,
                            size_t count) {
  char *text = NULL;
  size_t bytes = 0;
  FILE *out = open_memstream(&text, &bytes);
  if (out)
    fprintf(out, "%s:", name);
  for (size_t i = 0; out && i < count; i++)
    fprintf(out, " 0x%" PRIx64, addresses[i]);
  bool whole = out && !fclose(out);
  facts_take(facts, FACT_ITEM, NULL, whole ? text : NULL);
}

static void facts_disagreements(struct facts *facts, const struct trace *trace) {
  char time[FORMAT_BYTES];
  for (size_t i = 0; i < trace->disagreement_count; i++) {
    const struct trace_disagreement *item = &trace->disagreements[i];
    facts_add(facts, FACT_HEADING, NULL, "disagreement at +%s",
              format_duration(time, trace_seconds(trace, item->stamp)));
    facts_addresses(facts, "ours", item->ours, item->our_count);
    facts_addresses(facts, "libunwind", item->theirs, item->their_count);
  }
}

bool facts_init(struct facts *facts, const struct info_request *request) {
  const struct trace *trace = request->trace;
  *facts = (struct facts){.list = NULL};
  facts_escaped(facts, "trace", request->path);
  facts_process(facts, trace);
  facts_time(facts, trace);
  facts_machine(facts, trace);
  facts_events(facts, trace);
  facts_recorder(facts, trace);
  facts_resident(facts, trace);
  facts_verification(facts, trace);
  facts_warnings(facts, trace);
  facts_lists(facts, request);
  facts_disagreements(facts, trace);
  return !facts->failed;
}

void facts_release(struct facts *facts) {
  for (size_t i = 0; i < facts->count; i++)
    free(facts->list[i].text);
  free(facts->list);
  *facts = (struct facts){.list = NULL};
}

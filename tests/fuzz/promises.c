/* SPDX-License-Identifier: Apache-2.0 */
#include "promises.h"

#include "target.h"
#include "trace/trace.h"

struct promises {
  const struct trace *trace;
  uint64_t last_stamp;
};

static bool promises_kind(uint8_t kind) {
  return kind == SEEP_KIND_ALLOC || kind == SEEP_KIND_FREE || kind == SEEP_KIND_MAP ||
         kind == SEEP_KIND_UNMAP || kind == TRACE_TRANSIENT;
}

static void promises_events(void *data, const struct trace_event *events, size_t count) {
  struct promises *state = data;
  for (size_t i = 0; i < count; i++) {
    must(events[i].stamp >= state->last_stamp);
    must(events[i].context < state->trace->context_count);
    must(events[i].thread < state->trace->thread_count);
    must(promises_kind(events[i].kind));
    must(events[i].kind != TRACE_TRANSIENT || (events[i].size && !events[i].context));
    state->last_stamp = events[i].stamp;
  }
}

static void promises_sums(void *data, const struct trace_sums *sums) {
  const struct promises *state = data;
  uint64_t lifetimes = 0, sizes = 0;
  must(sums->context < state->trace->context_count);
  must(sums->thread < state->trace->thread_count);
  for (int i = 0; i < TRACE_LIFETIMES; i++)
    lifetimes += sums->lifetimes[i];
  for (int i = 0; i < TRACE_SIZES; i++)
    sizes += sums->sizes[i];
  must(lifetimes == sums->pairs && sizes == sums->pairs);
}

static void promises_residents(const struct trace *trace) {
  for (size_t i = 0; i < trace->resident_count; i++) {
    uint64_t sum = 0;
    for (int part = 0; part < SEEP_RESIDENT_PARTS; part++)
      sum += trace->residents[i].parts[part];
    must(sum == trace->residents[i].bytes);
    must(!i || trace->residents[i - 1].stamp <= trace->residents[i].stamp);
  }
  must(trace->heaps.start <= trace->heaps.stop);
  for (size_t i = 1; i < trace->heaps.window_count; i++)
    must(trace->heaps.windows[i - 1] < trace->heaps.windows[i]);
}

static void promises_trace(const struct trace *trace) {
  must(trace->process.ticks_per_second > 0);
  must(trace->process.program && trace->process.command);
  for (size_t i = 1; i < trace->context_count; i++)
    must(trace->contexts[i].parent < i && trace->contexts[i].module < trace->module_count);
  for (size_t i = 0; i < trace->module_count; i++)
    must(trace->modules[i].path);
  for (size_t i = 0; i < trace->thread_count; i++)
    must(trace->threads[i].name);
  for (size_t i = 1; i < trace->mark_count; i++)
    must(trace->marks[i - 1].stamp <= trace->marks[i].stamp);
  promises_residents(trace);
}

void promises_hold(const char *path) {
  static const struct trace_visitor visitor = {.events = promises_events, .sums = promises_sums};
  struct trace *trace;
  if (trace_open(path, &trace, NULL) != TRACE_OK)
    return;
  struct promises state = {.trace = trace};
  promises_trace(trace);
  for (int i = 0; i < 2; i++) { /* the second meets the damage that the first noted */
    state.last_stamp = 0;
    must(trace_replay(trace, &visitor, &state, NULL) == TRACE_OK);
  }
  trace_close(trace);
}

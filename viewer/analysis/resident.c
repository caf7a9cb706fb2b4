/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/resident.h"
#include "analysis/state.h"

/* What the kernel says of a part, less what blocks took of it. */
static int64_t resident_gap(uint64_t part, const struct holdings_amount *holding) {
  return (int64_t)(part - holding->taken);
}

static int64_t resident_above(int64_t gap) {
  return gap > 0 ? gap : 0;
}

static int64_t resident_below(int64_t gap) {
  return gap < 0 ? gap : 0;
}

static void resident_fill_memory(struct resident_state *state, const struct trace_resident *reading,
                                 const struct holdings_level *level) {
  const struct holdings_amount *heap = &level->in[HOLDINGS_HEAP];
  const struct holdings_amount *elsewhere = &level->in[HOLDINGS_ELSEWHERE];
  int64_t heap_gap = resident_gap(reading->parts[SEEP_RESIDENT_HEAP], heap);
  int64_t other_gap = resident_gap(reading->parts[SEEP_RESIDENT_ANONYMOUS], elsewhere);
  uint64_t blocks = heap->bytes + elsewhere->bytes;
  state->items[RESIDENT_BLOCKS] = (int64_t)blocks;
  state->items[RESIDENT_HEADERS] = (int64_t)(heap->taken + elsewhere->taken - blocks);
  state->items[RESIDENT_FREE] = resident_above(heap_gap);
  state->items[RESIDENT_MAPPED] = resident_above(other_gap);
  state->items[RESIDENT_UNTOUCHED] =
      (int64_t)((uint64_t)resident_below(heap_gap) + (uint64_t)resident_below(other_gap));
  state->foreign = level->foreign_bytes > blocks / 2;
}

struct resident_state resident_at(const struct analysis *analysis, size_t index) {
  static const struct {
    enum resident_item item;
    enum seep_resident_part part;
  } same[] = {
      {RESIDENT_STACKS, SEEP_RESIDENT_STACKS},     {RESIDENT_PROGRAM, SEEP_RESIDENT_PROGRAM},
      {RESIDENT_FILES, SEEP_RESIDENT_FILES},       {RESIDENT_SHARED, SEEP_RESIDENT_SHARED},
      {RESIDENT_RECORDER, SEEP_RESIDENT_RECORDER}, {RESIDENT_OTHER, SEEP_RESIDENT_OTHER}};
  const struct trace_resident *reading = &analysis->trace->residents[index];
  struct resident_state state = {
      .stamp = reading->stamp, .bytes = reading->bytes, .swapped_bytes = reading->swapped_bytes};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    state.items[same[i].item] = (int64_t)reading->parts[same[i].part];
  resident_fill_memory(&state, reading, &analysis->ledger.holdings.levels[index]);
  return state;
}

static uint64_t resident_distance(uint64_t a, uint64_t b) {
  return a > b ? a - b : b - a;
}

/* The nearest reading; of two that are as near the later, for a mark is followed by one. */
static size_t resident_nearest(const struct trace *trace, uint64_t stamp) {
  size_t best = 0;
  for (size_t i = 1; i < trace->resident_count; i++)
    if (resident_distance(trace->residents[i].stamp, stamp) <=
        resident_distance(trace->residents[best].stamp, stamp))
      best = i;
  return best;
}

bool resident_between(const struct analysis *analysis, size_t from, size_t to,
                      struct resident_change *change) {
  const struct trace *trace = analysis->trace;
  const struct analysis_moment *moments = analysis->cuts.list;
  if (!trace->resident_count)
    return false;
  size_t first = resident_nearest(trace, moments[from].stamp);
  size_t last = resident_nearest(trace, moments[to].stamp);
  if (first >= last)
    return false;
  change->from = resident_at(analysis, first);
  change->to = resident_at(analysis, last);
  return true;
}

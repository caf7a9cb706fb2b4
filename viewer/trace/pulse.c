/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_pulse: the stage's header and the heads of its slots, without their records.
 */
#include "trace/clock.h"
#include "trace/reader.h"

static uint64_t pulse_since(uint64_t now, uint64_t then) {
  return then && now > then ? now - then : 0;
}

static void pulse_take(struct trace_pulse *pulse, const struct snapshot *stage) {
  uint64_t now = clock_now(SEEP_CLOCK_MONOTONIC_NS);
  *pulse = (struct trace_pulse){.running = stage->running,
                                .seconds_ns = pulse_since(now, stage->head.first_monotonic_ns),
                                .drained_ns = pulse_since(now, stage->head.last_monotonic_ns)};
  snapshot_count(stage, &pulse->counters);
  for (size_t i = 0; i < stage->slot_count; i++)
    pulse->waiting += stage->slots[i].count;
}

bool trace_pulse(const struct trace *trace, struct trace_pulse *pulse) {
  struct snapshot stage;
  if (snapshot_open(&stage, trace->reader->stage_path) != SNAPSHOT_OK)
    return false;
  bool looked = snapshot_look(&stage) == SNAPSHOT_OK;
  if (looked)
    pulse_take(pulse, &stage);
  snapshot_close(&stage);
  return looked;
}

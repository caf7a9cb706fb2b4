/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/counters.h"

#define COUNTER(tag, name)                                                                         \
  { SEEP_TAG_##tag, FIELD_NUMBER, offsetof(struct counters_fields, name) }

const struct field_place counters_places[] = {
    COUNTER(LOST_EVENTS, counters.lost_events),
    COUNTER(UNRECORDED_EVENTS, counters.unrecorded_events),
    COUNTER(TRUNCATED_STACKS, counters.truncated_stacks),
    COUNTER(PAUSED_EVENTS, counters.paused_events),
    COUNTER(CAPTURES, counters.captures),
    COUNTER(VERIFIED, counters.verified),
    COUNTER(VERIFY_SKIPPED, counters.verify_skipped),
    COUNTER(DISAGREEMENTS, counters.disagreements),
    COUNTER(CONTEXT_COUNT, counters.context_count),
    COUNTER(RECORDER_BYTES, counters.recorder_bytes),
    COUNTER(HOLDUP_TICKS, counters.holdup_ticks),
    COUNTER(DRAINS, counters.drains),
    COUNTER(PEAK_THREADS, counters.peak_threads),
    COUNTER(UNRECORDED_CHILDREN, counters.unrecorded_children),
    COUNTER(SIZE_LIMIT, counters.size_limit),
    COUNTER(FOLLOWED_SHARE, counters.followed_share),
    COUNTER(UNFOLLOWED_BLOCKS, counters.unfollowed_blocks),
    COUNTER(UNFOLLOWED_BYTES, counters.unfollowed_bytes),
    COUNTER(UNFOLLOWED_FREES, counters.unfollowed_frees),
    COUNTER(UNWRITTEN_RECORDS, counters.unwritten_records),
    COUNTER(UNRECORDED_CHILD_ALLOCATIONS, counters.unrecorded_child_allocations),
    COUNTER(UNRECORDED_CHILD_BYTES, counters.unrecorded_child_bytes),
    COUNTER(STAMP, stamp),
    COUNTER(MONOTONIC_NS, monotonic_ns),
    COUNTER(RSS_KIB, rss_kib),
    COUNTER(FOLDED, folded),
};
const size_t counters_place_count = sizeof counters_places / sizeof *counters_places;

void counters_raise(struct trace_counters *counters, const struct trace_counters *other) {
  for (size_t i = 0; i < counters_place_count; i++) {
    size_t offset = counters_places[i].offset;
    if (offset >= sizeof *counters) /* not one of the totals */
      continue;
    uint64_t *mine = (uint64_t *)((char *)counters + offset);
    uint64_t theirs = *(const uint64_t *)((const char *)other + offset);
    *mine = theirs > *mine ? theirs : *mine;
  }
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The payloads of EVENTS and CONTEXTS frames alone: two bytes say how long the first is, then it,
 * then the second.
 */
#include "trace/events.h"
#include "target.h"
#include "trace/contexts.h"

#include <string.h>

#define STAMP 1000000u

/* A tree whose parents come first and are of the tree. */
static void check_tree(const struct trace_context *nodes, size_t count) {
  for (size_t i = 1; i < count; i++)
    must(nodes[i].parent < i && !(nodes[i].flags & ~SEEP_CONTEXT_FLAGS));
}

static void check_survivors(struct events *events, size_t contexts) {
  struct trace_event event;
  uint64_t last = 0;
  size_t told = 0;
  while (events_next(events, &event)) {
    must(event.stamp >= STAMP && event.address <= SEEP_ADDRESS_MASK);
    must(event.context < contexts || event.kind == TRACE_TRANSIENT);
    last = event.stamp > last ? event.stamp : last;
    told++;
  }
  must(told <= (size_t)events->head.survivor_count + 1);
}

static void check_sums(struct events *events, size_t contexts) {
  struct trace_sums sums;
  size_t told = 0;
  while (events_next_sum(events, &sums)) {
    uint64_t lifetimes = 0;
    for (int i = 0; i < TRACE_LIFETIMES; i++)
      lifetimes += sums.lifetimes[i];
    must(sums.context < contexts && lifetimes == sums.pairs);
    told++;
  }
  must(told <= events->head.sum_count);
}

/* What the frame's header would say of a payload. */
static struct seep_frame header_of(const uint8_t *payload, size_t bytes) {
  struct seep_frame frame = {.type = SEEP_FRAME_EVENTS,
                             .plain_bytes = (uint32_t)bytes,
                             .first_stamp = STAMP,
                             .record_count = UINT32_MAX};
  if (bytes >= sizeof frame.survivor_count)
    memcpy(&frame.survivor_count, payload, sizeof frame.survivor_count);
  return frame;
}

static void read_events(const uint8_t *payload, size_t bytes, const struct contexts *contexts,
                        size_t count) {
  struct seep_frame frame = header_of(payload, bytes);
  struct events events = {0};
  if (events_open(&events, &frame, payload, contexts) == EVENTS_OK) {
    check_sums(&events, count);
    check_survivors(&events, count);
  }
  events_free(&events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  if (bytes < 2)
    return 0;
  size_t first = (size_t)(data[0] | data[1] << 8), count, orphans;
  struct contexts contexts = {0};
  struct trace_context *nodes = NULL;
  data += 2;
  bytes -= 2;
  first = first < bytes ? first : bytes;
  (void)contexts_decode(&contexts, data + first, bytes - first);
  if (contexts_finish(&contexts, &nodes, &count, &orphans)) {
    check_tree(nodes, count);
    read_events(data, first, &contexts, count);
  }
  free(nodes);
  contexts_free(&contexts);
  return 0;
}

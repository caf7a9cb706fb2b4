/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"

#include <stdlib.h>

#define LIVE_FIRST_CAPACITY 4096

static size_t live_home(const struct live *live, uint64_t address) {
  return (address * 0x9e3779b97f4a7c15ull >> 20) & (live->capacity - 1);
}

/* The block's place, or the empty one where it belongs. */
static struct live_block *live_place(const struct live *live, uint64_t address) {
  size_t place = live_home(live, address);
  while (live->blocks[place].address && live->blocks[place].address != address)
    place = (place + 1) & (live->capacity - 1);
  return &live->blocks[place];
}

struct live_block *live_find(const struct live *live, uint64_t address) {
  struct live_block *block = live_place(live, address);
  return block->address && block->balance ? block : NULL;
}

size_t live_count(const struct live *live) {
  size_t count = 0;
  for (size_t place = 0; place < live->capacity; place++)
    count += live->blocks[place].balance == 1;
  return count;
}

static void live_grow(struct live *live) {
  struct live grown = {.capacity = live->capacity ? 2 * live->capacity : LIVE_FIRST_CAPACITY};
  grown.blocks = calloc(grown.capacity, sizeof *grown.blocks);
  if (!grown.blocks)
    abort();
  for (size_t place = 0; place < live->capacity; place++)
    if (live->blocks[place].address)
      *live_place(&grown, live->blocks[place].address) = live->blocks[place];
  free(live->blocks);
  live->blocks = grown.blocks;
  live->capacity = grown.capacity;
}

static void live_count_event(struct live *live, const struct trace_event *event) {
  if (live->count * 2 >= live->capacity)
    live_grow(live);
  struct live_block *block = live_place(live, event->address);
  live->count += !block->address;
  block->address = event->address;
  if (event->kind == SEEP_KIND_ALLOC) {
    block->size = event->size;
    block->balance++;
  } else {
    block->balance--;
  }
}

static void live_events(void *data, const struct trace_event *events, size_t count) {
  for (size_t event = 0; event < count; event++)
    if (events[event].kind == SEEP_KIND_ALLOC || events[event].kind == SEEP_KIND_FREE)
      live_count_event(data, &events[event]);
}

enum trace_status live_read(struct live *live, const char *path, struct trace_error *error) {
  static const struct trace_visitor visitor = {.events = live_events};
  struct trace *trace;
  enum trace_status status = trace_open(path, &trace, error);
  live_grow(live);
  if (status != TRACE_OK)
    return status;
  status = trace_replay(trace, &visitor, live, error);
  live->lost = trace->counters.lost_events + trace->counters.unrecorded_events;
  live->damages = trace->damage_count;
  trace_close(trace);
  return status;
}

void live_free(struct live *live) {
  free(live->blocks);
  *live = (struct live){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/ahead.h"

/* How many events before its turn what is asked for: */
#define AHEAD_SLOTS 28 /* where its address, and its place's key, stand in their tables */
#define AHEAD_PLACE 20 /* the place that stands there */
#define AHEAD_INDEX 12 /* its groups and bands, and where its cell stands in the index */
#define AHEAD_CELL 5

_Static_assert(AHEAD_PLACE < AHEAD_RING, "an event's entry lasts until its turn");

static void ahead_slots(struct ahead *ahead, size_t index) {
  const struct trace_event *event = &ahead->events[index];
  live_prefetch(&ahead->ledger->live, event->address);
  if (event->kind == SEEP_KIND_ALLOC)
    places_prefetch_key(&ahead->ledger->places, event->context, event->thread);
}

static struct ahead_event ahead_expect(const struct ledger *ledger,
                                       const struct trace_event *event) {
  uint32_t now = (uint32_t)ledger->interval;
  struct live_block block;
  if (event->kind == SEEP_KIND_ALLOC)
    return (struct ahead_event){.place =
                                    places_find(&ledger->places, event->context, event->thread),
                                .birth = now,
                                .death = CELL_ALLOCATED};
  if (event->kind != SEEP_KIND_FREE || !live_find(&ledger->live, event->address, &block))
    return (struct ahead_event){.place = 0};
  return (struct ahead_event){.place = block.place,
                              .birth = (uint32_t)periods_at(ledger->periods, block.stamp),
                              .death = now,
                              .size = block.size,
                              .age = event->stamp - block.stamp};
}

static void ahead_place(struct ahead *ahead, size_t index) {
  struct ahead_event *entry = &ahead->ring[index % AHEAD_RING];
  *entry = ahead_expect(ahead->ledger, &ahead->events[index]);
  places_prefetch(&ahead->ledger->places, entry->place);
}

static void ahead_index(struct ahead *ahead, size_t index) {
  const struct ahead_event *entry = &ahead->ring[index % AHEAD_RING];
  const struct ledger *ledger = ahead->ledger;
  if (!entry->place)
    return;
  places_prefetch_groups(&ledger->places, entry->place);
  cells_prefetch_slot(&ledger->cells, entry->place, entry->birth, entry->death);
  if (entry->death != CELL_ALLOCATED)
    spectrum_prefetch(&ledger->spectrum, ledger->places.list[entry->place].site, entry->size,
                      entry->age);
}

static void ahead_cell(struct ahead *ahead, size_t index) {
  const struct ahead_event *entry = &ahead->ring[index % AHEAD_RING];
  if (entry->place)
    cells_prefetch(&ahead->ledger->cells, entry->place, entry->birth, entry->death);
}

void ahead_start(struct ahead *ahead, const struct ledger *ledger, const struct trace_event *events,
                 size_t count) {
  ahead->ledger = ledger;
  ahead->events = events;
  ahead->count = count;
  for (size_t i = 0; i < AHEAD_SLOTS && i < count; i++)
    ahead_slots(ahead, i);
  for (size_t i = 0; i < AHEAD_PLACE && i < count; i++)
    ahead_place(ahead, i);
  for (size_t i = 0; i < AHEAD_INDEX && i < count; i++)
    ahead_index(ahead, i);
  for (size_t i = 0; i < AHEAD_CELL && i < count; i++)
    ahead_cell(ahead, i);
}

void ahead_step(struct ahead *ahead, size_t index) {
  if (index + AHEAD_SLOTS < ahead->count)
    ahead_slots(ahead, index + AHEAD_SLOTS);
  if (index + AHEAD_PLACE < ahead->count)
    ahead_place(ahead, index + AHEAD_PLACE);
  if (index + AHEAD_INDEX < ahead->count)
    ahead_index(ahead, index + AHEAD_INDEX);
  if (index + AHEAD_CELL < ahead->count)
    ahead_cell(ahead, index + AHEAD_CELL);
}

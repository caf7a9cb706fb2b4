/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/events.h"

#include <stdlib.h>
#include <string.h>

/* ---- Opening ----------------------------------------------------------------------------------*/

static bool events_head_fits(const struct seep_events_head *head, const struct seep_frame *frame) {
  uint64_t bytes = sizeof *head;
  for (int i = 0; i < SEEP_COLUMN_COUNT; i++)
    bytes += head->column_bytes[i];
  return bytes == frame->plain_bytes && head->survivor_count == frame->survivor_count &&
         head->survivor_count <= frame->record_count &&
         head->column_bytes[SEEP_COLUMN_KINDS] == head->survivor_count &&
         head->context_count <= head->column_bytes[SEEP_COLUMN_CONTEXTS] &&
         head->sum_count <= head->column_bytes[SEEP_COLUMN_SUMS] && head->stamp_shift < 64 &&
         head->address_shift < 64 && head->peak_position <= head->survivor_count &&
         head->share_shift <= EVENTS_SHARE_MOST &&
         (head->last_allocation <= head->survivor_count ||
          head->last_allocation == SEEP_LAST_BEFORE);
}

static bool events_reserve_dictionary(struct events *events, size_t count) {
  if (count <= events->dictionary_room)
    return true;
  free(events->dictionary);
  events->dictionary = malloc(count * sizeof *events->dictionary);
  events->dictionary_room = events->dictionary ? count : 0;
  return events->dictionary;
}

static enum events_result events_read_dictionary(struct events *events, struct varint *in,
                                                 const struct contexts *contexts) {
  uint64_t id = 0;
  if (!events_reserve_dictionary(events, events->head.context_count))
    return EVENTS_MEMORY;
  for (uint32_t i = 0; i < events->head.context_count; i++) {
    id += varint_read(in);
    const struct context_row *row = id <= UINT32_MAX ? contexts_row(contexts, (uint32_t)id) : NULL;
    events->dictionary[i] = row ? row->canonical : 0;
    events->unknown += !row && id != 0;
  }
  return in->bad || in->at != in->end ? EVENTS_MALFORMED : EVENTS_OK;
}

enum events_result events_open(struct events *events, const struct seep_frame *frame,
                               const uint8_t *payload, const struct contexts *contexts) {
  struct varint columns[SEEP_COLUMN_COUNT];
  struct seep_events_head *head = &events->head;
  if (frame->plain_bytes < sizeof *head)
    return EVENTS_MALFORMED;
  memcpy(head, payload, sizeof *head);
  if (!events_head_fits(head, frame))
    return EVENTS_MALFORMED;
  payload += sizeof *head;
  for (int i = 0; i < SEEP_COLUMN_COUNT; i++) {
    columns[i] = (struct varint){.at = payload, .end = payload + head->column_bytes[i]};
    payload = columns[i].end;
  }
  events->kinds = columns[SEEP_COLUMN_KINDS].at;
  events->stamps = columns[SEEP_COLUMN_STAMPS];
  events->addresses = columns[SEEP_COLUMN_ADDRESSES];
  events->places = columns[SEEP_COLUMN_PLACES];
  events->sizes = columns[SEEP_COLUMN_SIZES];
  events->sums = columns[SEEP_COLUMN_SUMS];
  events->transient_due = head->peak_bytes;
  events->left = head->survivor_count + events->transient_due;
  events->row = 0;
  events->sums_left = head->sum_count;
  events->first_stamp = frame->first_stamp;
  events->stamp = frame->first_stamp >> head->stamp_shift;
  events->address = 0;
  events->place = 0;
  events->sum_place = 0;
  events->unknown = 0;
  events->bad = false;
  return events_read_dictionary(events, &columns[SEEP_COLUMN_CONTEXTS], contexts);
}

void events_free(struct events *events) {
  free(events->dictionary);
  *events = (struct events){0};
}

/* ---- Survivors --------------------------------------------------------------------------------*/

static bool events_fail(struct events *events) {
  events->bad = true;
  events->left = 0;
  events->sums_left = 0;
  return false;
}

/* What has an entry in the columns of places and sizes. */
static bool events_is_placed(unsigned kind) {
  return kind == SEEP_KIND_ALLOC || kind == SEEP_KIND_MAP || kind == SEEP_KIND_SAMPLED;
}

static bool events_read_place(struct events *events, struct trace_event *event) {
  events->place += varint_read_zigzag(&events->places);
  if (events->place >= events->head.context_count)
    return false;
  event->context = events->dictionary[events->place];
  return true;
}

/* A coarse stamp may lie before the block's begin, which is exact. */
static uint64_t events_stamp(const struct events *events) {
  uint64_t stamp = events->stamp << events->head.stamp_shift;
  return stamp > events->first_stamp ? stamp : events->first_stamp;
}

/* The dropped pairs that stood at the block's peak. */
static bool events_tell_transient(struct events *events, struct trace_event *event) {
  events->transient_due = false;
  *event = (struct trace_event){
      .kind = TRACE_TRANSIENT, .stamp = events_stamp(events), .size = events->head.peak_bytes};
  return true;
}

/* A free that says who freed, and how many it stands for. */
static void events_read_sampled(struct trace_event *event) {
  event->kind = SEEP_KIND_FREE;
  event->weight = event->size < UINT32_MAX ? (uint32_t)event->size : UINT32_MAX;
  event->size = 0;
}

bool events_next(struct events *events, struct trace_event *event) {
  if (!events->left)
    return false;
  events->left--;
  if (events->transient_due && events->row == events->head.peak_position)
    return events_tell_transient(events, event);
  events->row++;
  uint8_t kind = *events->kinds++;
  event->kind = kind & SEEP_KIND_MASK;
  event->flags = kind >> 4;
  event->context = event->weight = 0;
  event->size = 0;
  events->stamp += varint_read(&events->stamps);
  events->address += varint_read_zigzag(&events->addresses);
  event->stamp = events_stamp(events);
  event->address = (events->address << events->head.address_shift) & SEEP_ADDRESS_MASK;
  bool placed = events_is_placed(event->kind);
  if (placed && !events_read_place(events, event))
    return events_fail(events);
  if (placed || event->kind == SEEP_KIND_UNMAP)
    event->size = varint_read(&events->sizes);
  if (event->kind == SEEP_KIND_SAMPLED)
    events_read_sampled(event);
  else if (event->kind == SEEP_KIND_ALLOC && events->head.share_shift)
    event->weight = 1u << events->head.share_shift;
  bool known = event->kind >= SEEP_KIND_ALLOC && event->kind <= SEEP_KIND_UNMAP;
  if (!known || events->stamps.bad || events->addresses.bad || events->sizes.bad)
    return events_fail(events);
  return true;
}

/* ---- Sums -------------------------------------------------------------------------------------*/

/* count buckets, which hold pairs together. */
static void events_read_histogram(struct varint *in, uint64_t count, uint64_t pairs,
                                  uint64_t *buckets, uint64_t bucket_count) {
  uint64_t bucket = 0;
  in->bad |= !count != !pairs;
  for (; count && !in->bad; count--) {
    bucket += varint_read(in);
    uint64_t held = count > 1 ? varint_read(in) : pairs;
    if (bucket >= bucket_count || held > pairs) {
      in->bad = true;
      return;
    }
    buckets[bucket] += held;
    pairs -= held;
  }
}

static unsigned events_size_bucket(uint64_t size) {
  return size ? 64 - (unsigned)__builtin_clzll(size) : 0;
}

static void events_read_sizes(struct varint *in, uint8_t shape, struct trace_sums *sums) {
  if (shape & SEEP_SUM_EVEN) {
    sums->sizes[events_size_bucket(sums->bytes)] = sums->pairs;
    sums->bytes *= sums->pairs;
  } else {
    events_read_histogram(in, varint_read(in), sums->pairs, sums->sizes, TRACE_SIZES);
  }
}

static void events_read_sum(struct varint *in, struct trace_sums *sums) {
  uint8_t shape = in->at < in->end ? *in->at++ : 0;
  memset(sums->lifetimes, 0, sizeof sums->lifetimes);
  memset(sums->sizes, 0, sizeof sums->sizes);
  sums->pairs = varint_read(in);
  sums->bytes = varint_read(in);
  sums->temporary = 0;
  if ((shape & SEEP_SUM_TEMPORARY_MASK) == SEEP_SUM_TEMPORARY_ALL)
    sums->temporary = sums->pairs;
  else if ((shape & SEEP_SUM_TEMPORARY_MASK) == SEEP_SUM_TEMPORARY_SOME)
    sums->temporary = varint_read(in);
  events_read_sizes(in, shape, sums);
  events_read_histogram(in, shape >> SEEP_SUM_LIFETIMES_SHIFT, sums->pairs, sums->lifetimes,
                        TRACE_LIFETIMES);
}

bool events_next_sum(struct events *events, struct trace_sums *sums) {
  struct varint *in = &events->sums;
  if (!events->sums_left)
    return false;
  events->sums_left--;
  uint64_t place = events->sum_place + varint_read(in);
  events_read_sum(in, sums);
  if (in->bad || place >= events->head.context_count)
    return events_fail(events);
  events->sum_place = place + 1;
  sums->context = events->dictionary[place];
  return true;
}

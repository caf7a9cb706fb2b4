/* SPDX-License-Identifier: Apache-2.0
 *
 * Events of the builder: collected, then written as a block.
 */
#include "builder_private.h"

#include <stdlib.h>
#include <string.h>

struct builder_thread *builder_thread_of(struct builder *builder, uint32_t serial) {
  while (serial >= builder->thread_count)
    builder->threads =
        builder_grow(builder->threads, builder->thread_count++, sizeof *builder->threads);
  builder->threads[serial].used = true;
  return &builder->threads[serial];
}

void builder_event(struct builder *builder, uint32_t serial, const struct builder_event *event) {
  struct builder_thread *thread = builder_thread_of(builder, serial);
  thread->events = builder_grow(thread->events, thread->event_count, sizeof *thread->events);
  thread->events[thread->event_count++] = *event;
}

void builder_alloc(struct builder *builder, uint32_t thread, uint64_t stamp, uint64_t address,
                   uint64_t size, uint32_t context) {
  builder_event(builder, thread,
                &(struct builder_event){.kind = SEEP_KIND_ALLOC,
                                        .stamp = stamp,
                                        .address = address,
                                        .size = size,
                                        .context = context});
}

void builder_sampled_free(struct builder *builder, uint32_t thread, uint64_t stamp,
                          uint64_t address, uint32_t weight, uint32_t context) {
  builder_event(builder, thread,
                &(struct builder_event){.kind = SEEP_KIND_SAMPLED,
                                        .stamp = stamp,
                                        .address = address,
                                        .size = weight,
                                        .context = context});
}

void builder_free(struct builder *builder, uint32_t thread, uint64_t stamp, uint64_t address) {
  builder_event(
      builder, thread,
      &(struct builder_event){.kind = SEEP_KIND_FREE, .stamp = stamp, .address = address});
}

void builder_sum(struct builder *builder, uint32_t serial, const struct builder_sum *sum) {
  struct builder_thread *thread = builder_thread_of(builder, serial);
  thread->sums = builder_grow(thread->sums, thread->sum_count, sizeof *thread->sums);
  thread->sums[thread->sum_count++] = *sum;
}

void builder_peak(struct builder *builder, uint32_t serial, uint64_t peak_bytes) {
  struct builder_thread *thread = builder_thread_of(builder, serial);
  thread->peak_position = (uint32_t)thread->event_count;
  thread->peak_bytes = peak_bytes;
}

void builder_last_in_pair(struct builder *builder, uint32_t thread) {
  builder_thread_of(builder, thread)->last_in_pair = true;
}

void builder_cover(struct builder *builder, uint32_t thread, uint32_t records) {
  builder_thread_of(builder, thread)->covered += records;
}

void builder_skip(struct builder *builder, uint32_t thread, uint64_t records) {
  builder_thread_of(builder, thread)->skip += records;
}

uint32_t builder_record_count(const struct builder_thread *thread) {
  uint32_t count = thread->covered;
  for (size_t i = 0; i < thread->event_count; i++)
    count += thread->events[i].size >= SEEP_SIZE_WIDE ? 2 : 1;
  for (size_t i = 0; i < thread->sum_count; i++)
    count += 2 * (uint32_t)thread->sums[i].pairs;
  return count;
}

struct seep_record *builder_records(const struct builder_thread *thread) {
  struct seep_record *records = NULL;
  size_t count = 0;
  for (size_t i = 0; i < thread->event_count; i++) {
    const struct builder_event *event = &thread->events[i];
    bool wide = event->size >= SEEP_SIZE_WIDE;
    uint64_t where = event->address | (uint64_t)event->kind << SEEP_KIND_SHIFT |
                     (uint64_t)event->flags << SEEP_FLAG_SHIFT;
    records = builder_grow(records, count, sizeof *records);
    records[count++] = (struct seep_record){event->stamp, where,
                                            (wide ? SEEP_SIZE_WIDE : event->size) |
                                                (uint64_t)event->context << 32};
    if (!wide)
      continue;
    records = builder_grow(records, count, sizeof *records);
    records[count++] = (struct seep_record){
        event->stamp, (uint64_t)SEEP_KIND_WIDE << SEEP_KIND_SHIFT, event->size};
  }
  return records;
}

/* ---- Writing ----------------------------------------------------------------------------------*/

static struct seep_frame builder_block_head(struct builder *builder, uint32_t serial,
                                            enum seep_frame_type type) {
  struct builder_thread *thread = builder_thread_of(builder, serial);
  const struct builder_event *events = thread->events;
  size_t count = thread->event_count;
  struct seep_frame head = {
      .type = (uint16_t)type,
      .first_stamp = count ? events[0].stamp : BUILDER_START_STAMP,
      .last_stamp = count ? events[count - 1].stamp : BUILDER_START_STAMP,
      .first_sequence = thread->sequence + thread->skip,
      .record_count = builder_record_count(thread),
      .thread = serial,
      .survivor_count = type != SEEP_FRAME_RECORDS ? (uint32_t)count : 0,
  };
  return head;
}

/* The thread's events are in the file now. */
static void builder_drained(struct builder_thread *thread, const struct seep_frame *head) {
  thread->sequence = head->first_sequence + head->record_count;
  thread->skip = 0;
  thread->peak_bytes = thread->peak_position = 0;
  thread->last_in_pair = false;
  thread->covered = 0;
  thread->event_count = 0;
  thread->sum_count = 0;
}

static int builder_compare_ids(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return a < b ? -1 : a > b;
}

static bool builder_is_placed(const struct builder_event *event) {
  return event->kind == SEEP_KIND_ALLOC || event->kind == SEEP_KIND_MAP ||
         event->kind == SEEP_KIND_SAMPLED;
}

/* The distinct contexts of the block, ascending; to be freed. */
static uint32_t *builder_dictionary(const struct builder_thread *thread, uint32_t *count) {
  uint32_t *ids = builder_grow(NULL, thread->event_count + thread->sum_count, sizeof *ids);
  size_t used = 0, kept = 0;
  for (size_t i = 0; i < thread->event_count; i++)
    if (builder_is_placed(&thread->events[i]))
      ids[used++] = thread->events[i].context;
  for (size_t i = 0; i < thread->sum_count; i++)
    ids[used++] = thread->sums[i].context;
  qsort(ids, used, sizeof *ids, builder_compare_ids);
  for (size_t i = 0; i < used; i++)
    if (!kept || ids[kept - 1] != ids[i])
      ids[kept++] = ids[i];
  *count = (uint32_t)kept;
  return ids;
}

static uint32_t builder_place(const uint32_t *ids, uint32_t count, uint32_t id) {
  const uint32_t *found = bsearch(&id, ids, count, sizeof *ids, builder_compare_ids);
  return (uint32_t)(found - ids);
}

struct builder_columns { /* each with room for all rows */
  uint8_t *start[SEEP_COLUMN_COUNT], *at[SEEP_COLUMN_COUNT];
};

static void builder_put_survivors(struct builder_columns *columns, struct builder *builder,
                                  const struct builder_thread *thread, const uint32_t *ids,
                                  const struct seep_events_head *head) {
  uint64_t shift = builder->stamp_shift, stamp = 0, address = 0;
  int64_t place = 0;
  if (thread->event_count)
    stamp = thread->events[0].stamp >> shift;
  for (size_t i = 0; i < thread->event_count; i++) {
    const struct builder_event *event = &thread->events[i];
    bool placed = builder_is_placed(event);
    uint64_t shifted = event->address >> head->address_shift;
    *columns->at[SEEP_COLUMN_KINDS]++ = (uint8_t)(event->kind | event->flags << 4);
    builder_put_varint(&columns->at[SEEP_COLUMN_STAMPS], (event->stamp >> shift) - stamp);
    builder_put_zigzag(&columns->at[SEEP_COLUMN_ADDRESSES], (int64_t)(shifted - address));
    stamp = event->stamp >> shift;
    address = shifted;
    if (placed) {
      int64_t before = place;
      place = builder_place(ids, head->context_count, event->context);
      builder_put_zigzag(&columns->at[SEEP_COLUMN_PLACES], place - before);
    }
    if (placed || event->kind == SEEP_KIND_UNMAP)
      builder_put_varint(&columns->at[SEEP_COLUMN_SIZES], event->size);
  }
}

static void builder_put_histogram(uint8_t **at, const struct builder_sum *sum, unsigned bucket) {
  builder_put_varint(at, bucket);
  if (!sum->in_next)
    return;
  builder_put_varint(at, sum->pairs - sum->in_next);
  builder_put_varint(at, 1);
}

static unsigned builder_temporary_shape(const struct builder_sum *sum) {
  if (!sum->temporary)
    return SEEP_SUM_TEMPORARY_NONE;
  return sum->temporary == sum->pairs ? SEEP_SUM_TEMPORARY_ALL : SEEP_SUM_TEMPORARY_SOME;
}

static void builder_put_sum(uint8_t **at, const struct builder_sum *sum) {
  bool even = !sum->in_next && (!sum->pairs || sum->bytes % sum->pairs == 0);
  unsigned buckets = sum->pairs ? 1 + (sum->in_next != 0) : 0;
  unsigned temporary = builder_temporary_shape(sum);
  *(*at)++ =
      (uint8_t)(temporary | (even ? SEEP_SUM_EVEN : 0) | buckets << SEEP_SUM_LIFETIMES_SHIFT);
  builder_put_varint(at, sum->pairs);
  builder_put_varint(at, even && sum->pairs ? sum->bytes / sum->pairs : sum->bytes);
  if (temporary == SEEP_SUM_TEMPORARY_SOME)
    builder_put_varint(at, sum->temporary);
  if (!even) {
    builder_put_varint(at, buckets);
    builder_put_histogram(at, sum, sum->size_bucket);
  }
  if (buckets)
    builder_put_histogram(at, sum, sum->lifetime_bucket);
}

static int builder_compare_sums(const void *left, const void *right) {
  const struct builder_sum *a = left, *b = right;
  return a->context < b->context ? -1 : a->context > b->context;
}

/* By context: rows go out in the dictionary's order. */
static void builder_put_sums(uint8_t **at, struct builder_thread *thread, const uint32_t *ids,
                             const struct seep_events_head *head) {
  uint32_t next = 0;
  if (thread->sum_count) /* else there is no array */
    qsort(thread->sums, thread->sum_count, sizeof *thread->sums, builder_compare_sums);
  for (size_t i = 0; i < thread->sum_count; i++) {
    uint32_t place = builder_place(ids, head->context_count, thread->sums[i].context);
    builder_put_varint(at, place - next);
    builder_put_sum(at, &thread->sums[i]);
    next = place + 1;
  }
}

static void builder_put_dictionary(uint8_t **at, const uint32_t *ids, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    builder_put_varint(at, ids[i] - (i ? ids[i - 1] : 0));
}

static bool builder_freed_behind(const struct builder_thread *thread, size_t row) {
  for (size_t i = row + 1; i < thread->event_count; i++)
    if ((thread->events[i].kind == SEEP_KIND_FREE || thread->events[i].kind == SEEP_KIND_SAMPLED) &&
        thread->events[i].address == thread->events[row].address)
      return true;
  return false;
}

static uint32_t builder_last_allocation(const struct builder_thread *thread) {
  if (thread->last_in_pair)
    return 0;
  for (size_t row = thread->event_count; row-- > 0;)
    if (thread->events[row].kind == SEEP_KIND_ALLOC)
      return builder_freed_behind(thread, row) ? 0 : (uint32_t)row + 1;
  return SEEP_LAST_BEFORE;
}

static struct seep_events_head builder_events_head(const struct builder *builder,
                                                   const struct builder_thread *thread) {
  struct seep_events_head head = {
      .survivor_count = (uint32_t)thread->event_count,
      .sum_count = (uint32_t)thread->sum_count,
      .stamp_shift = builder->stamp_shift,
      .address_shift = 4,
      .share_shift = builder->share_shift,
      .peak_position = thread->peak_position,
      .peak_bytes = thread->peak_bytes,
      .last_allocation = builder_last_allocation(thread),
  };
  for (size_t i = 0; i < thread->event_count; i++)
    if (thread->events[i].address & 15)
      head.address_shift = 0;
  for (size_t i = 0; i < thread->sum_count; i++) {
    head.pair_count += thread->sums[i].pairs;
    head.pair_bytes += thread->sums[i].bytes;
  }
  return head;
}

static void builder_write_events(struct builder *builder, struct builder_thread *thread,
                                 const struct seep_frame *frame) {
  struct builder_columns columns;
  struct seep_events_head head = builder_events_head(builder, thread);
  size_t rows = thread->event_count + thread->sum_count + 1, bytes = sizeof head;
  uint32_t *ids = builder_dictionary(thread, &head.context_count);
  for (int i = 0; i < SEEP_COLUMN_COUNT; i++)
    columns.start[i] = columns.at[i] = builder_grow(NULL, rows, 80);
  builder_put_dictionary(&columns.at[SEEP_COLUMN_CONTEXTS], ids, head.context_count);
  builder_put_survivors(&columns, builder, thread, ids, &head);
  builder_put_sums(&columns.at[SEEP_COLUMN_SUMS], thread, ids, &head);
  for (int i = 0; i < SEEP_COLUMN_COUNT; i++)
    head.column_bytes[i] = (uint32_t)(columns.at[i] - columns.start[i]);
  uint8_t *payload = builder_grow(NULL, rows * SEEP_COLUMN_COUNT + 1, 80);
  memcpy(payload, &head, sizeof head);
  for (int i = 0; i < SEEP_COLUMN_COUNT; i++) {
    memcpy(payload + bytes, columns.start[i], head.column_bytes[i]);
    bytes += head.column_bytes[i];
    free(columns.start[i]);
  }
  builder_frame(builder, frame, payload, bytes);
  free(payload);
  free(ids);
}

void builder_drain(struct builder *builder, uint32_t serial) {
  struct builder_thread *thread = builder_thread_of(builder, serial);
  struct seep_frame head = builder_block_head(
      builder, serial, builder->share_shift ? SEEP_FRAME_THINNED : SEEP_FRAME_EVENTS);
  if (!thread->event_count && !thread->sum_count && !thread->covered)
    return;
  builder_contexts(builder);
  builder_write_events(builder, thread, &head);
  builder_drained(thread, &head);
}

void builder_drain_records(struct builder *builder, uint32_t serial) {
  struct builder_thread *thread = builder_thread_of(builder, serial);
  struct seep_frame head = builder_block_head(builder, serial, SEEP_FRAME_RECORDS);
  struct seep_record *records = builder_records(thread);
  builder_contexts(builder);
  builder_frame(builder, &head, records, head.record_count * sizeof *records);
  free(records);
  builder_drained(thread, &head);
}

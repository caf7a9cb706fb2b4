/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/lane.h"

#include <stdlib.h>
#include <string.h>

#define LANE_ROOM 256

void lane_start(struct lane *lane, struct block *blocks, size_t block_count) {
  *lane = (struct lane){.blocks = blocks, .block_count = block_count, .announced = true};
  lane->stamp = block_count ? blocks[0].frame.head.first_stamp : 0;
}

void lane_stop(struct lane *lane, struct trace *trace) {
  trace->reader->budget += lane->payload.room;
  free(lane->payload.data);
  free(lane->entries);
  events_free(&lane->events);
  temporaries_free(&lane->temporaries);
  lane->payload = (struct frame_buffer){0};
  lane->entries = NULL;
  lane->head = lane->stop = 0;
  lane->finished = true;
}

/* ---- Blocks -----------------------------------------------------------------------------------*/

/* Notes what is wrong with the block: once, however often it is replayed. */
static enum lane_result lane_note(struct trace *trace, struct block *block, const char *reason) {
  const struct frame *frame = &block->frame;
  if (block->noted)
    return LANE_OK;
  block->noted = true;
  uint64_t bytes = block->records ? 0 : sizeof frame->head + frame->head.stored_bytes;
  return reader_damage(trace, frame->offset, bytes, reason) ? LANE_OK : LANE_MEMORY;
}

static enum lane_result lane_reject(struct trace *trace, struct block *block, const char *reason) {
  if (!block->useless) {
    uint32_t count = block->frame.head.record_count - block->skip;
    trace->record_count -= count;
    trace->counters.lost_events += count;
  }
  block->useless = true;
  return lane_note(trace, block, reason);
}

static enum lane_result lane_open_events(struct lane *lane, struct trace *trace) {
  struct block *block = lane->block;
  switch (events_open(&lane->events, &block->frame.head, lane->payload.data,
                      &trace->reader->definitions.contexts)) {
  case EVENTS_OK:
    temporaries_follow(&lane->temporaries, &lane->events.head);
    return lane->events.unknown ? lane_note(trace, block, "contexts that were never defined")
                                : LANE_OK;
  case EVENTS_MEMORY:
    return LANE_MEMORY;
  default:
    return lane_reject(trace, block, "malformed events");
  }
}

static enum lane_result lane_open_records(struct lane *lane, struct trace *trace,
                                          const struct seep_record *records) {
  const struct seep_frame *head = &lane->block->frame.head;
  if (head->plain_bytes != (uint64_t)head->record_count * sizeof *records)
    return lane_reject(trace, lane->block, "malformed records");
  lane->records = records + lane->block->skip;
  lane->records_end = records + head->record_count;
  bool found = temporaries_find(&lane->temporaries,
                                (struct temporaries_span){lane->records, lane->records_end},
                                trace->reader->cut, &trace->reader->definitions.contexts);
  return found ? LANE_OK : LANE_MEMORY;
}

/* Whether the payload may be brought into memory beside those of the other threads. */
static bool lane_within_budget(struct lane *lane, struct trace_reader *reader, uint64_t bytes) {
  return bytes <= lane->payload.room || bytes - lane->payload.room <= reader->budget;
}

static enum lane_result lane_read_payload(struct lane *lane, struct trace *trace) {
  struct trace_reader *reader = trace->reader;
  struct block *block = lane->block;
  if (!lane_within_budget(lane, reader, block->frame.head.plain_bytes))
    return lane_reject(trace, block, "more than fits into memory");
  size_t before = lane->payload.room;
  enum frame_result result = frame_payload(&reader->frames, &block->frame, &lane->payload);
  uint64_t growth = lane->payload.room > before ? lane->payload.room - before : 0;
  reader->budget -= growth < reader->budget ? growth : reader->budget;
  switch (result) {
  case FRAME_OK:
    return LANE_OK;
  case FRAME_MEMORY:
    return LANE_MEMORY;
  case FRAME_READ:
    return lane_reject(trace, block, "unreadable payload");
  case FRAME_CHECKSUM:
    return lane_reject(trace, block, "payload checksum");
  default:
    return lane_reject(trace, block, "malformed payload");
  }
}

static enum lane_result lane_read_block(struct lane *lane, struct trace *trace) {
  struct block *block = lane->block;
  if (block->records)
    return lane_open_records(lane, trace, block->records);
  enum lane_result result = lane_read_payload(lane, trace);
  if (result != LANE_OK || block->useless)
    return result;
  if (events_are_in(block->frame.head.type))
    return lane_open_events(lane, trace);
  return lane_open_records(lane, trace, (const struct seep_record *)lane->payload.data);
}

/* ---- Entries ----------------------------------------------------------------------------------*/

static void lane_push(struct lane *lane, const struct trace_event *event) {
  struct trace_event *entry = &lane->entries[lane->stop++];
  *entry = *event;
  entry->thread = lane->block->thread;
  if (entry->stamp < lane->stamp)
    entry->stamp = lane->stamp;
  lane->stamp = entry->stamp;
}

/* Goes on to the next block. Across records that are missing nothing is known of the last
 * allocation. */
static void lane_step(struct lane *lane) {
  lane->block = &lane->blocks[lane->next_block++];
  const struct seep_frame *head = &lane->block->frame.head;
  if (lane->block->useless || head->first_sequence + lane->block->skip != lane->sequence)
    temporaries_forget(&lane->temporaries);
  lane->sequence = head->first_sequence + head->record_count;
  lane->records = lane->records_end = NULL;
  lane->events.left = lane->events.sums_left = 0;
  lane->events.bad = false;
}

/* Opens the next block, and puts its begin into stock unless nothing of it can be used. */
static enum lane_result lane_open(struct lane *lane, struct trace *trace) {
  lane_step(lane);
  if (lane->block->useless)
    return LANE_OK;
  enum lane_result result = lane_read_block(lane, trace);
  if (result != LANE_OK || lane->block->useless) {
    temporaries_forget(&lane->temporaries);
    lane->events.left = lane->events.sums_left = 0;
    return result;
  }
  lane->announced = false;
  lane_push(lane, &(struct trace_event){.kind = LANE_BLOCK,
                                        .stamp = lane->block->frame.head.first_stamp});
  return LANE_OK;
}

/* The free that did not take place is the last of its address. */
static enum lane_result lane_unfree(struct lane *lane, struct trace *trace, uint64_t address) {
  for (size_t i = lane->stop; i > lane->head; i--) {
    struct trace_event *entry = &lane->entries[i - 1];
    if (entry->kind != SEEP_KIND_FREE || entry->address != address)
      continue;
    memmove(entry, entry + 1, (lane->stop - i) * sizeof *entry);
    lane->stop--;
    return LANE_OK;
  }
  return lane_note(trace, lane->block, "a free taken back that is missing");
}

/* The canonical context of an allocation or a sampled free. */
static enum lane_result lane_resolve(struct lane *lane, struct trace *trace, uint32_t id,
                                     struct trace_event *event) {
  const struct context_row *row = contexts_row(&trace->reader->definitions.contexts, id);
  event->context = row ? row->canonical : 0;
  return row || !id ? LANE_OK : lane_note(trace, lane->block, "contexts that were never defined");
}

static enum lane_result lane_take_event(struct lane *lane, struct trace *trace,
                                        const struct seep_record *record, unsigned kind) {
  enum lane_result result = LANE_OK;
  struct trace_event event = {
      .stamp = record->stamp,
      .address = record->where & SEEP_ADDRESS_MASK,
      .size = kind == SEEP_KIND_FREE ? 0 : record->what & SEEP_SIZE_WIDE,
      .kind = (uint8_t)kind,
      .flags = (uint16_t)(record->where >> SEEP_FLAG_SHIFT),
  };
  if (kind == SEEP_KIND_ALLOC || kind == SEEP_KIND_MAP)
    result = lane_resolve(lane, trace, (uint32_t)(record->what >> 32), &event);
  lane->wide_follows = event.size == SEEP_SIZE_WIDE;
  lane_push(lane, &event);
  return result;
}

static enum lane_result lane_take_sampled(struct lane *lane, struct trace *trace,
                                          const struct seep_record *record) {
  struct trace_event event = {
      .stamp = record->stamp,
      .address = record->where & SEEP_ADDRESS_MASK,
      .weight = (uint32_t)record->what,
      .kind = SEEP_KIND_FREE,
      .flags = (uint16_t)(record->where >> SEEP_FLAG_SHIFT),
  };
  enum lane_result result = lane_resolve(lane, trace, (uint32_t)(record->what >> 32), &event);
  lane->wide_follows = false;
  lane_push(lane, &event);
  return result;
}

/* The size of the record before, which may be the last of another block. */
static void lane_widen(struct lane *lane, uint64_t size) {
  size_t at = lane->stop;
  while (at > lane->head && lane->entries[at - 1].kind == LANE_BLOCK)
    at--;
  if (lane->wide_follows && at > lane->head)
    lane->entries[at - 1].size = size;
  lane->wide_follows = false;
}

static enum lane_result lane_take_record(struct lane *lane, struct trace *trace,
                                         const struct seep_record *record) {
  unsigned kind = record->where >> SEEP_KIND_SHIFT & SEEP_KIND_MASK;
  switch (kind) {
  case SEEP_KIND_ALLOC:
  case SEEP_KIND_MAP:
  case SEEP_KIND_FREE:
  case SEEP_KIND_UNMAP:
    return lane_take_event(lane, trace, record, kind);
  case SEEP_KIND_SAMPLED:
    return lane_take_sampled(lane, trace, record);
  case SEEP_KIND_UNFREE:
    return lane_unfree(lane, trace, record->where & SEEP_ADDRESS_MASK);
  case SEEP_KIND_WIDE:
    lane_widen(lane, record->what);
    return LANE_OK;
  default:
    return lane_note(trace, lane->block, "records of an unknown kind");
  }
}

static enum lane_result lane_read_records(struct lane *lane, struct trace *trace) {
  enum lane_result result = LANE_OK;
  while (lane->records < lane->records_end && lane->stop < LANE_ROOM && result == LANE_OK)
    result = lane_take_record(lane, trace, lane->records++);
  return result;
}

bool lane_next_sum(struct lane *lane, struct trace_sums *sums) {
  return events_next_sum(&lane->events, sums) || temporaries_next_sum(&lane->temporaries, sums);
}

enum lane_result lane_check(struct lane *lane, struct trace *trace) {
  if (!lane->events.bad)
    return LANE_OK;
  temporaries_forget(&lane->temporaries);
  return lane_note(trace, lane->block, "malformed events");
}

static enum lane_result lane_read_events(struct lane *lane, struct trace *trace) {
  struct trace_event event = {0};
  enum lane_result result = LANE_OK;
  while (lane->stop < LANE_ROOM && result == LANE_OK && events_next(&lane->events, &event)) {
    if (event.kind == SEEP_KIND_UNFREE)
      result = lane_unfree(lane, trace, event.address);
    else
      lane_push(lane, &event);
    temporaries_follow_event(&lane->temporaries, &event,
                             lane->events.row == lane->events.head.last_allocation);
  }
  return result == LANE_OK ? lane_check(lane, trace) : result;
}

/* ---- Stock ------------------------------------------------------------------------------------*/

static bool lane_make_room(struct lane *lane) {
  if (!lane->entries)
    lane->entries = malloc(LANE_ROOM * sizeof *lane->entries);
  if (!lane->entries)
    return false;
  memmove(lane->entries, lane->entries + lane->head,
          (lane->stop - lane->head) * sizeof *lane->entries);
  lane->stop -= lane->head;
  lane->head = 0;
  return true;
}

static bool lane_block_is_read(const struct lane *lane) {
  return !lane->events.left && lane->records == lane->records_end;
}

static enum lane_result lane_read(struct lane *lane, struct trace *trace) {
  if (lane_block_is_read(lane))
    return lane_open(lane, trace);
  return lane->records < lane->records_end ? lane_read_records(lane, trace)
                                           : lane_read_events(lane, trace);
}

enum lane_result lane_fill(struct lane *lane, struct trace *trace) {
  enum lane_result result = LANE_OK;
  if (lane->finished || lane->stop - lane->head >= LANE_AHEAD)
    return result;
  if (!lane_make_room(lane))
    return LANE_MEMORY;
  while (result == LANE_OK && lane->stop < LANE_AHEAD && !lane->finished) {
    if (lane_block_is_read(lane) && !lane->announced)
      break;
    if (lane_block_is_read(lane) && lane->next_block == lane->block_count)
      lane->finished = true;
    else
      result = lane_read(lane, trace);
  }
  return result;
}

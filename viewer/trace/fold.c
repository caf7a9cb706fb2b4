/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_fold: what the stage of a dead target still holds is appended to the trace as frames. Being
 * killed half-way does no harm: record numbers tell the next one what is there already.
 */
#include "trace/counters.h"
#include "trace/reader.h"
#include "trace/trail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLD_NODES 65536 /* in one frame */
#define FOLD_RECORDS 65536

struct fold {
  const struct trace *trace;
  struct trail trail;
  struct trail_payload payload;
};

/* How many nodes from the first on have consecutive ids and stand in the stage alone. */
static size_t fold_run_length(const struct context_row *rows, size_t limit) {
  size_t count = 1;
  while (count < limit && !rows[count].in_file && rows[count].id == rows->id + count)
    count++;
  return count;
}

static void fold_run(struct fold *fold, const struct context_row *rows, size_t count) {
  trail_put_varint(&fold->payload, count);
  for (size_t i = 0; i < count; i++) {
    trail_put_varint(&fold->payload, rows[i].parent ? rows[i].id - rows[i].parent : 0);
    trail_put_varint(&fold->payload, rows[i].offset);
    trail_put_varint(&fold->payload,
                     (uint64_t)rows[i].module << SEEP_CONTEXT_FLAG_BITS | rows[i].flags);
  }
}

/* A frame of some of the nodes from *at on, which it moves behind them. */
static void fold_nodes(struct fold *fold, size_t *at) {
  const struct contexts *contexts = &fold->trace->reader->definitions.contexts;
  size_t stop = contexts->count - *at > FOLD_NODES ? *at + FOLD_NODES : contexts->count;
  uint32_t next_id = 0;
  while (*at < stop) {
    const struct context_row *rows = &contexts->rows[*at];
    size_t count = 1;
    if (!rows->in_file) {
      count = fold_run_length(rows, stop - *at);
      trail_put_varint(&fold->payload, rows->id - next_id);
      fold_run(fold, rows, count);
      next_id = rows->id + (uint32_t)count;
    }
    *at += count;
  }
}

static bool fold_contexts(struct fold *fold) {
  const struct contexts *contexts = &fold->trace->reader->definitions.contexts;
  struct seep_frame head = {.type = SEEP_FRAME_CONTEXTS,
                            .first_stamp = fold->trace->last_stamp,
                            .last_stamp = fold->trace->last_stamp};
  for (size_t at = 0; at < contexts->count;) {
    fold_nodes(fold, &at);
    if (fold->payload.bytes && !trail_append_payload(&fold->trail, &head, &fold->payload))
      return false;
  }
  return true;
}

/* Threads as the trace knows them by now, from earlier frames and from their slots. */
static bool fold_thread(struct fold *fold, uint32_t serial) {
  const struct trace *trace = fold->trace;
  uint32_t index = idmap_find(&trace->reader->definitions.threads, serial);
  const struct trace_thread *thread = &trace->threads[index];
  struct seep_frame head = {.type = SEEP_FRAME_THREAD,
                            .thread = serial,
                            .first_stamp = trace->last_stamp,
                            .last_stamp = trace->last_stamp};
  trail_put_number(&fold->payload, SEEP_TAG_THREAD, serial);
  trail_put_number(&fold->payload, SEEP_TAG_TID, thread->tid);
  trail_put_field(&fold->payload, SEEP_TAG_NAME, thread->name, strlen(thread->name));
  trail_put_number(&fold->payload, SEEP_TAG_STAMP, thread->start_stamp);
  if (thread->end_stamp)
    trail_put_number(&fold->payload, SEEP_TAG_END_STAMP, thread->end_stamp);
  return trail_append_payload(&fold->trail, &head, &fold->payload);
}

static bool fold_threads(struct fold *fold) {
  const struct snapshot *stage = &fold->trace->reader->stage;
  for (size_t i = 0; i < stage->slot_count; i++)
    if (stage->slots[i].head.thread && !fold_thread(fold, stage->slots[i].head.thread))
      return false;
  return true;
}

static bool fold_block(struct fold *fold, const struct block *block) {
  const struct seep_frame *whole = &block->frame.head;
  for (uint32_t at = block->skip; at < whole->record_count;) {
    uint32_t left = whole->record_count - at;
    uint32_t count = left < FOLD_RECORDS ? left : FOLD_RECORDS;
    struct seep_frame head = {
        .type = SEEP_FRAME_RECORDS,
        .first_stamp = block->records[at].stamp,
        .last_stamp = block->records[at + count - 1].stamp,
        .first_sequence = whole->first_sequence + at,
        .record_count = count,
        .thread = whole->thread,
    };
    if (!trail_append(&fold->trail, &head, block->records + at, count * sizeof *block->records))
      return false;
    at += count;
  }
  return true;
}

static bool fold_blocks(struct fold *fold) {
  const struct blocks *blocks = &fold->trace->reader->blocks;
  for (size_t i = 0; i < blocks->count; i++)
    if (blocks->items[i].records && !fold_block(fold, &blocks->items[i]))
      return false;
  return true;
}

/* The stage's first pair of clocks may be older than any in the trace. */
static bool fold_first_pair(struct fold *fold) {
  const struct trace *trace = fold->trace;
  const struct seep_stage *stage = &trace->reader->stage.head;
  struct seep_frame head = {
      .type = SEEP_FRAME_STATE, .first_stamp = trace->last_stamp, .last_stamp = trace->last_stamp};
  trail_put_number(&fold->payload, SEEP_TAG_STAMP, stage->first_stamp);
  trail_put_number(&fold->payload, SEEP_TAG_MONOTONIC_NS, stage->first_monotonic_ns);
  return trail_append_payload(&fold->trail, &head, &fold->payload);
}

/* The totals, and that nothing more will come: the last frame, so that a trace says that it was
 * folded only when it was folded whole. */
static bool fold_state(struct fold *fold) {
  const struct trace *trace = fold->trace;
  const struct seep_stage *stage = &trace->reader->stage.head;
  struct seep_frame head = {
      .type = SEEP_FRAME_STATE, .first_stamp = trace->last_stamp, .last_stamp = trace->last_stamp};
  trail_put_number(&fold->payload, SEEP_TAG_FOLDED, 1);
  trail_put_number(&fold->payload, SEEP_TAG_STAMP, stage->last_stamp);
  trail_put_number(&fold->payload, SEEP_TAG_MONOTONIC_NS, stage->last_monotonic_ns);
  for (size_t i = 0; i < counters_place_count; i++) {
    uint64_t value;
    if (counters_places[i].offset >= sizeof trace->counters)
      continue;
    memcpy(&value, (const char *)&trace->counters + counters_places[i].offset, sizeof value);
    trail_put_number(&fold->payload, counters_places[i].tag, value);
  }
  return trail_append_payload(&fold->trail, &head, &fold->payload);
}

static enum trace_status fold_write(struct fold *fold, struct trace_error *error) {
  bool done = fold_contexts(fold) && fold_threads(fold) && fold_blocks(fold) &&
              fold_first_pair(fold) && fold_state(fold);
  /* The stage is the only copy until the trace is on the disk. */
  if (!done || fdatasync(fold->trail.fd) != 0)
    return reader_fail(error, TRACE_WRITE, 0, errno, NULL);
  if (unlink(fold->trace->reader->stage_path) != 0 && errno != ENOENT)
    return reader_fail(error, TRACE_WRITE, 0, errno, "the stage cannot be removed");
  return TRACE_OK;
}

/* With the lock held. */
static enum trace_status fold_locked(struct fold *fold, const char *path,
                                     struct trace_error *error) {
  struct trace *trace;
  enum trace_status status = trace_open(path, &trace, error);
  if (status != TRACE_OK)
    return status;
  fold->trace = trace;
  if (trace->reader->stage.file.fd >= 0 && !trace->reader->stage.running)
    status = fold_write(fold, error);
  trace_close(trace);
  return status;
}

static bool fold_has_stage(const char *path) {
  struct trace_reader *reader = reader_new(path);
  bool found = reader && snapshot_open(&reader->stage, reader->stage_path) == SNAPSHOT_OK &&
               !reader->stage.running;
  reader_free(reader);
  return found;
}

enum trace_status trace_fold(const char *path, struct trace_error *error) {
  struct fold fold = {0};
  reader_fail(error, TRACE_OK, 0, 0, NULL);
  if (!fold_has_stage(path))
    return TRACE_OK;
  if (!trail_open(&fold.trail, path))
    return reader_fail(error, TRACE_WRITE, 0, errno, NULL);
  enum trace_status status = fold_locked(&fold, path, error);
  trail_free_payload(&fold.payload);
  trail_close(&fold.trail);
  return status;
}

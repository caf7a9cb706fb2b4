/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_replay: the lanes of all threads, merged by stamp, told to a visitor.
 */
#include "trace/merge.h"

#include <stdlib.h>

#define REPLAY_BATCH 1024
#define REPLAY_STEPS 512                   /* times that progress is told, about */
#define REPLAY_BUDGET_BYTES (512ull << 20) /* of payloads in memory, and: */
#define REPLAY_BUDGET_SHARE 16u            /* times the file's size */

struct replay {
  struct trace *trace;
  const struct trace_visitor *visitor;
  void *data;
  struct lane *lanes;
  size_t lane_count;
  struct merge merge;
  struct trace_event batch[REPLAY_BATCH];
  size_t batched;
  bool failed;                                              /* no memory to note damage in */
  uint64_t bytes_done, bytes_total, bytes_step, bytes_next; /* of blocks */
};

/* ---- Telling ----------------------------------------------------------------------------------*/

static void replay_flush(struct replay *replay) {
  if (replay->batched && replay->visitor->events)
    replay->visitor->events(replay->data, replay->batch, replay->batched);
  replay->batched = 0;
}

static void replay_tell_sums(struct replay *replay, struct lane *lane) {
  const struct seep_frame *head = &lane->block->frame.head;
  struct trace_sums sums = {.thread = lane->block->thread,
                            .first_stamp = head->first_stamp,
                            .last_stamp = head->last_stamp};
  while (lane_next_sum(lane, &sums))
    replay->visitor->sums(replay->data, &sums);
  replay->failed |= lane_check(lane, replay->trace) != LANE_OK;
}

static void replay_tell_block(struct replay *replay, struct lane *lane) {
  const struct seep_frame *head = &lane->block->frame.head;
  bool drained = events_are_in(head->type);
  struct trace_block block = {
      .first_stamp = head->first_stamp,
      .last_stamp = head->last_stamp,
      .rss_kib = head->rss_kib,
      .thread = lane->block->thread,
      .pair_count = drained ? lane->events.head.pair_count : 0,
      .pair_bytes = drained ? lane->events.head.pair_bytes : 0,
  };
  replay_flush(replay);
  if (replay->visitor->block)
    replay->visitor->block(replay->data, &block);
  if (replay->visitor->sums)
    replay_tell_sums(replay, lane);
  lane->announced = true;
}

static bool replay_tell_progress(struct replay *replay, const struct lane *lane) {
  replay->bytes_done += lane->block->frame.head.stored_bytes + 1;
  if (replay->bytes_done < replay->bytes_next || !replay->visitor->progress)
    return true;
  replay->bytes_next = replay->bytes_done + replay->bytes_step;
  double share = (double)replay->bytes_done / (double)replay->bytes_total;
  return replay->visitor->progress(replay->data, share < 1 ? share : 1);
}

static void replay_tell_event(struct replay *replay, const struct trace_event *event) {
  replay->batch[replay->batched++] = *event;
  if (replay->batched == REPLAY_BATCH)
    replay_flush(replay);
}

/* ---- Merging ----------------------------------------------------------------------------------*/

/* Gives out the first lane's entries up to the limit, as far as there is stock; false: the visitor
 * wants no more. */
static bool replay_run(struct replay *replay, struct lane *lane, uint32_t number,
                       const struct merge_item *limit) {
  const struct trace_event *entry;
  while ((entry = lane_head(lane))) {
    struct merge_item item = {entry->stamp, number};
    if (!merge_before(&item, limit) || entry->stamp >= replay->trace->reader->cut)
      return true;
    lane->head++;
    if (entry->kind != LANE_BLOCK) {
      replay_tell_event(replay, entry);
    } else {
      replay_tell_block(replay, lane);
      if (!replay_tell_progress(replay, lane))
        return false;
    }
    if (lane->stop - lane->head < LANE_AHEAD && !lane->finished)
      return true;
  }
  return true;
}

static enum trace_status replay_status(enum lane_result result) {
  return result == LANE_OK ? TRACE_OK : TRACE_MEMORY;
}

/* One turn of the lane that comes first: fill, give out, find its new place. */
static enum trace_status replay_turn(struct replay *replay) {
  uint32_t number = replay->merge.items[0].lane;
  struct lane *lane = &replay->lanes[number];
  struct merge_item limit = merge_second(&replay->merge);
  enum trace_status status = replay_status(lane_fill(lane, replay->trace));
  if (status == TRACE_OK && !replay_run(replay, lane, number, &limit))
    status = TRACE_STOPPED;
  if (status == TRACE_OK)
    status = replay->failed ? TRACE_MEMORY : replay_status(lane_fill(lane, replay->trace));
  const struct trace_event *next = lane_head(lane);
  if (next && status == TRACE_OK) {
    merge_delay(&replay->merge, next->stamp);
  } else {
    lane_stop(lane, replay->trace);
    merge_pop(&replay->merge);
  }
  return status;
}

static enum trace_status replay_all(struct replay *replay) {
  enum trace_status status = TRACE_OK;
  while (status == TRACE_OK && replay->merge.count &&
         replay->merge.items[0].stamp < replay->trace->reader->cut)
    status = replay_turn(replay);
  if (status == TRACE_OK)
    replay_flush(replay);
  if (status == TRACE_OK && replay->visitor->progress &&
      !replay->visitor->progress(replay->data, 1))
    status = TRACE_STOPPED;
  return status;
}

/* ---- Lanes ------------------------------------------------------------------------------------*/

static size_t replay_count_lanes(const struct blocks *blocks) {
  size_t count = 0;
  for (size_t i = 0; i < blocks->count; i++)
    count += !i || blocks->items[i].thread != blocks->items[i - 1].thread;
  return count;
}

/* The blocks are sorted by thread. */
static void replay_start_lanes(struct replay *replay, const struct blocks *blocks) {
  for (size_t i = 0, stop; i < blocks->count; i = stop) {
    for (stop = i; stop < blocks->count; stop++) {
      if (blocks->items[stop].thread != blocks->items[i].thread)
        break;
      replay->bytes_total += blocks->items[stop].frame.head.stored_bytes + 1;
    }
    struct lane *lane = &replay->lanes[replay->lane_count];
    lane_start(lane, &blocks->items[i], stop - i);
    merge_push(&replay->merge, (struct merge_item){lane->stamp, (uint32_t)replay->lane_count++});
  }
  replay->bytes_step = replay->bytes_total / REPLAY_STEPS;
}

static bool replay_start(struct replay *replay) {
  struct trace_reader *reader = replay->trace->reader;
  size_t lanes = replay_count_lanes(&reader->blocks);
  reader->budget = REPLAY_BUDGET_BYTES + reader->frames.file.bytes * REPLAY_BUDGET_SHARE;
  replay->lanes = calloc(lanes + 1, sizeof *replay->lanes);
  replay->merge.items = calloc(lanes + 1, sizeof *replay->merge.items);
  if (!replay->lanes || !replay->merge.items)
    return false;
  replay_start_lanes(replay, &reader->blocks);
  return true;
}

static void replay_stop(struct replay *replay) {
  for (size_t i = 0; i < replay->lane_count; i++)
    lane_stop(&replay->lanes[i], replay->trace);
  free(replay->lanes);
  free(replay->merge.items);
  free(replay);
}

enum trace_status trace_replay(struct trace *trace, const struct trace_visitor *visitor, void *data,
                               struct trace_error *error) {
  struct replay *replay = calloc(1, sizeof *replay);
  if (!replay)
    return reader_fail(error, TRACE_MEMORY, 0, 0, NULL);
  replay->trace = trace;
  replay->visitor = visitor;
  replay->data = data;
  enum trace_status status = replay_start(replay) ? replay_all(replay) : TRACE_MEMORY;
  replay_stop(replay);
  return reader_fail(error, status, 0, 0, NULL);
}

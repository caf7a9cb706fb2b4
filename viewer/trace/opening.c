/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_open: stage first, then the file to its end, so that what is drained meanwhile is met in
 * the file, and is dropped from the stage's copy by its numbers.
 */
#include "trace/counters.h"
#include "trace/process.h"
#include "trace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define OPENING_FIRST_BYTES (1u << 20) /* a file without a frame in these is no trace */

struct opening {
  struct trace *trace;
  struct trace_reader *reader;
  struct trace_error *error;
  struct contexts stage_contexts;
  uint64_t cut_tsc, cut_ns; /* the moment before the stage was copied, on either clock */
};

static enum trace_status opening_no_memory(const struct opening *opening) {
  return reader_fail(opening->error, TRACE_MEMORY, 0, 0, NULL);
}

/* ---- File and stage ---------------------------------------------------------------------------*/

static enum trace_status opening_file(struct opening *opening) {
  struct trace_reader *reader = opening->reader;
  if (file_open(&reader->frames.file, reader->path, O_RDONLY))
    return TRACE_OK;
  if (errno == EINVAL || errno == EISDIR)
    return reader_fail(opening->error, TRACE_NOT_A_TRACE, 0, 0, "it is no regular file");
  return reader_fail(opening->error, TRACE_NOT_FOUND, 0, errno, NULL);
}

static enum trace_status opening_stage(struct opening *opening) {
  struct snapshot *stage = &opening->reader->stage;
  opening->cut_tsc = clock_now(SEEP_CLOCK_TSC);
  opening->cut_ns = clock_now(SEEP_CLOCK_MONOTONIC_NS);
  if (snapshot_open(stage, opening->reader->stage_path) != SNAPSHOT_OK)
    return TRACE_OK;
  if (snapshot_take(stage, &opening->stage_contexts) == SNAPSHOT_MEMORY)
    return opening_no_memory(opening);
  return TRACE_OK;
}

/* A damaged trace gives what is left of it, but something must be. */
static enum trace_status opening_probe(struct opening *opening) {
  struct frame_walk walk;
  struct frame frame;
  struct frame_gap gap;
  struct file *file = &opening->reader->frames.file;
  if (!file_measure(file))
    return reader_fail(opening->error, TRACE_READ, 0, errno, NULL);
  if (!file->bytes)
    return reader_fail(opening->error, TRACE_NOT_A_TRACE, 0, 0, "it is empty");
  frame_walk_start(&walk, &opening->reader->frames);
  walk.end = walk.end < OPENING_FIRST_BYTES ? walk.end : OPENING_FIRST_BYTES;
  if (frame_next(&walk, &frame, &gap))
    return TRACE_OK;
  return reader_fail(opening->error, TRACE_NOT_A_TRACE, 0, 0, "it does not begin with a frame");
}

/* ---- Frames -----------------------------------------------------------------------------------*/

/* Takes from a header when the target ran. A mark's says nothing of that: it comes from outside. */
static void opening_note_stamps(struct trace *trace, const struct seep_frame *head) {
  if (head->type == SEEP_FRAME_MARK || !head->first_stamp)
    return;
  if (!trace->first_stamp || head->first_stamp < trace->first_stamp)
    trace->first_stamp = head->first_stamp;
  if (head->last_stamp > trace->last_stamp)
    trace->last_stamp = head->last_stamp;
}

static enum trace_status opening_definition(struct opening *opening, struct frame_walk *walk,
                                            const struct frame *frame) {
  struct trace_reader *reader = opening->reader;
  enum frame_result read = frame_payload(&reader->frames, frame, &reader->scratch);
  enum definitions_result taken = DEFINITIONS_MALFORMED;
  if (read == FRAME_MEMORY)
    return opening_no_memory(opening);
  if (read == FRAME_CHECKSUM || read == FRAME_READ) {
    frame_reject(walk);
    return TRACE_OK;
  }
  if (read == FRAME_OK)
    taken = definitions_take(&reader->definitions, frame, reader->scratch.data);
  switch (taken) {
  case DEFINITIONS_OK:
    opening_note_stamps(opening->trace, &frame->head);
    if (definitions_add_sample(opening->trace, frame->head.last_stamp, frame->head.rss_kib))
      return TRACE_OK;
    break;
  case DEFINITIONS_VERSION:
    return reader_fail(opening->error, TRACE_VERSION, frame->offset, 0, NULL);
  case DEFINITIONS_MALFORMED:
    if (reader_damage(opening->trace, frame->offset, sizeof frame->head + frame->head.stored_bytes,
                      "malformed payload"))
      return TRACE_OK;
    break;
  case DEFINITIONS_MEMORY:
    break;
  }
  return opening_no_memory(opening);
}

static enum trace_status opening_frame(struct opening *opening, struct frame_walk *walk,
                                       const struct frame *frame) {
  struct trace_reader *reader = opening->reader;
  const struct seep_frame *head = &frame->head;
  if (definitions_wants(head->type))
    return opening_definition(opening, walk, frame);
  if (head->type != SEEP_FRAME_RECORDS && !events_are_in(head->type))
    return TRACE_OK;
  return blocks_add(&reader->blocks, &(struct block){.frame = *frame}) ? TRACE_OK
                                                                       : opening_no_memory(opening);
}

/* Notes a gap, and drops the block that turned out to be part of it. */
static enum trace_status opening_gap(struct opening *opening, const struct frame_gap *gap) {
  struct blocks *blocks = &opening->reader->blocks;
  if (!gap->bytes)
    return TRACE_OK;
  if (gap->with_previous && blocks->count &&
      blocks->items[blocks->count - 1].frame.offset == gap->offset)
    blocks_drop_last(blocks);
  /* The last frame of a running target may be half written now. */
  bool unfinished = opening->reader->stage.running && !gap->with_previous &&
                    gap->offset + gap->bytes == opening->reader->frames.file.bytes;
  if (unfinished || reader_damage(opening->trace, gap->offset, gap->bytes, gap->reason))
    return TRACE_OK;
  return opening_no_memory(opening);
}

static enum trace_status opening_frames(struct opening *opening) {
  struct frame_walk walk;
  struct frame frame;
  struct frame_gap gap;
  enum trace_status status = TRACE_OK;
  bool found = true;
  frame_walk_start(&walk, &opening->reader->frames);
  while (found && status == TRACE_OK) {
    found = frame_next(&walk, &frame, &gap);
    status = opening_gap(opening, &gap);
    if (found && status == TRACE_OK)
      status = opening_frame(opening, &walk, &frame);
  }
  return status;
}

/* ---- Putting the stage to it ------------------------------------------------------------------*/

static bool opening_slot(struct opening *opening, const struct snapshot_slot *slot) {
  struct trace *trace = opening->trace;
  struct block block = {.records = slot->records};
  uint32_t index;
  if (!definitions_thread(&opening->reader->definitions, slot->head.thread, &index))
    return false;
  if (index && !thread_describe(&trace->threads[index], &slot->head))
    return false;
  if (!slot->count)
    return true;
  block.frame.head = (struct seep_frame){
      .type = SEEP_FRAME_RECORDS,
      .plain_bytes = (uint32_t)(slot->count * sizeof *slot->records),
      .first_stamp = slot->records[0].stamp,
      .last_stamp = slot->records[slot->count - 1].stamp,
      .first_sequence = slot->head.drained,
      .record_count = (uint32_t)slot->count,
      .thread = slot->head.thread,
  };
  return blocks_add(&opening->reader->blocks, &block);
}

/* A stage that was left by another target, which used the same name, is none of ours. */
static bool opening_stage_is_ours(const struct opening *opening) {
  const struct snapshot *stage = &opening->reader->stage;
  const struct definitions *definitions = &opening->reader->definitions;
  return stage->file.fd >= 0 &&
         (!definitions->has_process ||
          memcmp(stage->head.trace_id, opening->trace->process.trace_id, 16) == 0);
}

static void opening_note_stage(struct opening *opening) {
  struct trace_counters counters;
  const struct snapshot *stage = &opening->reader->stage;
  struct clock_pairs *pairs = &opening->reader->definitions.pairs;
  snapshot_count(stage, &counters);
  counters.stage_bytes = stage->file.bytes;
  counters_raise(&opening->trace->counters, &counters);
  opening->trace->counters.stage_bytes = stage->file.bytes;
  clock_note(pairs, stage->head.first_stamp, stage->head.first_monotonic_ns);
  clock_note(pairs, stage->head.last_stamp, stage->head.last_monotonic_ns);
}

static enum trace_status opening_merge_stage(struct opening *opening) {
  struct trace_reader *reader = opening->reader;
  const struct contexts *contexts = &opening->stage_contexts;
  if (!opening_stage_is_ours(opening)) {
    snapshot_close(&reader->stage);
    return TRACE_OK;
  }
  opening_note_stage(opening);
  for (size_t i = 0; i < contexts->count; i++)
    if (!contexts_add(&reader->definitions.contexts, &contexts->rows[i]))
      return opening_no_memory(opening);
  for (size_t i = 0; i < reader->stage.slot_count; i++)
    if (!opening_slot(opening, &reader->stage.slots[i]))
      return opening_no_memory(opening);
  if (reader->stage.damaged && !reader_damage(opening->trace, 0, 0, "parts of the stage"))
    return opening_no_memory(opening);
  return TRACE_OK;
}

/* ---- The end ----------------------------------------------------------------------------------*/

static enum trace_status opening_blocks(struct opening *opening) {
  struct blocks_summary summary;
  struct trace *trace = opening->trace;
  struct definitions *definitions = &opening->reader->definitions;
  struct blocks *blocks = &opening->reader->blocks;
  uint64_t lost = definitions->lost_writing;
  blocks_finish(blocks, &summary);
  trace->record_count = summary.record_count;
  /* What could not be written leaves a gap in the numbers: the same events, not others. So does
   * what a full trace had no room for, which is no loss. */
  uint64_t unwritten = trace->counters.unwritten_records;
  summary.missing -= unwritten < summary.missing ? unwritten : summary.missing;
  lost = summary.missing > lost ? summary.missing : lost;
  if (lost > trace->counters.lost_events)
    trace->counters.lost_events = lost;
  if (definitions->lost_otherwise > trace->counters.unrecorded_events)
    trace->counters.unrecorded_events = definitions->lost_otherwise;
  if (summary.overlapping && !reader_damage(trace, 0, 0, "blocks that overlap"))
    return opening_no_memory(opening);
  for (size_t i = 0; i < blocks->count; i++) {
    opening_note_stamps(trace, &blocks->items[i].frame.head);
    uint64_t rss_kib = blocks->items[i].frame.head.rss_kib;
    if (!definitions_add_sample(trace, blocks->items[i].frame.head.last_stamp, rss_kib))
      return opening_no_memory(opening);
  }
  return TRACE_OK;
}

/* Serials become indexes: first defined all, then in order, then looked up. */
static enum trace_status opening_define(struct opening *opening) {
  size_t orphans;
  uint32_t index;
  struct definitions *definitions = &opening->reader->definitions;
  struct blocks *blocks = &opening->reader->blocks;
  for (size_t i = 0; i < blocks->count; i++)
    if (!definitions_thread(definitions, blocks->items[i].frame.head.thread, &index))
      return opening_no_memory(opening);
  if (!definitions_finish(definitions, &orphans))
    return opening_no_memory(opening);
  for (size_t i = 0; i < blocks->count; i++)
    blocks->items[i].thread = idmap_find(&definitions->threads, blocks->items[i].frame.head.thread);
  if (orphans && !reader_damage(opening->trace, 0, 0, "contexts whose parent or module is missing"))
    return opening_no_memory(opening);
  return TRACE_OK;
}

static enum trace_state opening_state(const struct trace_reader *reader) {
  if (reader->definitions.ended)
    return TRACE_ENDED;
  if (reader->stage.file.fd >= 0)
    return reader->stage.running ? TRACE_RUNNING : TRACE_DIED;
  return reader->definitions.folded ? TRACE_DIED : TRACE_NO_STAGE;
}

static enum trace_status opening_finish(struct opening *opening) {
  struct trace *trace = opening->trace;
  struct trace_reader *reader = opening->reader;
  const struct definitions *definitions = &reader->definitions;
  struct trace_process *process = &trace->process;
  if (!process_fill(process))
    return opening_no_memory(opening);
  if (!definitions->has_process)
    process->clock = SEEP_CLOCK_TSC;
  process->ticks_per_second =
      clock_rate(&definitions->pairs, process->clock, definitions->rate_estimate);
  if (!process->start_stamp)
    process->start_stamp = trace->first_stamp;
  trace->counters.file_bytes = reader->frames.file.bytes;
  trace->state = opening_state(reader);
  if (trace->state == TRACE_RUNNING) {
    reader->cut = process->clock == SEEP_CLOCK_TSC ? opening->cut_tsc : opening->cut_ns;
    trace->last_stamp = reader->cut;
  }
  return TRACE_OK;
}

typedef enum trace_status opening_step(struct opening *opening);

static enum trace_status opening_run(struct opening *opening) {
  static opening_step *const steps[] = {
      opening_file,        opening_stage,  opening_probe,  opening_frames,
      opening_merge_stage, opening_blocks, opening_define, opening_finish,
  };
  enum trace_status status = TRACE_OK;
  for (size_t i = 0; i < sizeof steps / sizeof *steps && status == TRACE_OK; i++)
    status = steps[i](opening);
  return status;
}

enum trace_status trace_open(const char *path, struct trace **out, struct trace_error *error) {
  struct opening opening = {.error = error, .trace = calloc(1, sizeof *opening.trace)};
  *out = NULL;
  reader_fail(error, TRACE_OK, 0, 0, NULL);
  if (!opening.trace)
    return opening_no_memory(&opening);
  opening.reader = opening.trace->reader = reader_new(path);
  enum trace_status status =
      opening.reader && definitions_start(&opening.reader->definitions, opening.trace)
          ? opening_run(&opening)
          : opening_no_memory(&opening);
  contexts_free(&opening.stage_contexts);
  if (status == TRACE_OK)
    *out = opening.trace;
  else
    trace_close(opening.trace);
  return status;
}

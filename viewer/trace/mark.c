/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_mark: the protocol is in include/seep/stage.h. The stage says that a mark is coming, so
 * that the recorder keeps the pairs that the mark lies between; the trace gets the frame.
 */
#include "trace/clock.h"
#include "trace/process.h"
#include "trace/reader.h"
#include "trace/smaps.h"
#include "trace/trail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MARK_LABEL_BYTES 65536u /* a longer label is cut */

/* A target's stage, mapped for steering; NULL where none runs. The length was checked before, and
 * parts of a stage never go away while its target runs. */
static struct seep_stage *mark_map_stage(const struct trace_reader *reader) {
  struct file file;
  if (!file_open(&file, reader->stage_path, O_RDWR | O_NOFOLLOW))
    return NULL;
  void *mapped = MAP_FAILED;
  if (file.bytes >= SEEP_STAGE_GRAIN && file.inode == reader->stage.file.inode &&
      file.device == reader->stage.file.device)
    mapped = mmap(NULL, sizeof(struct seep_stage), PROT_READ | PROT_WRITE, MAP_SHARED, file.fd, 0);
  int saved = errno;
  file_close(&file);
  errno = saved;
  return mapped == MAP_FAILED ? NULL : mapped;
}

/* Announces a mark and lists it; the stamp it has. Others who mark wait for the trace's lock. */
static uint64_t mark_list(struct seep_stage *stage, enum seep_clock clock) {
  __atomic_store_n(&stage->mark_pending, clock_now(clock), __ATOMIC_SEQ_CST);
  uint64_t stamp = clock_now(clock);
  uint32_t count = __atomic_load_n(&stage->mark_count, __ATOMIC_RELAXED);
  __atomic_store_n(&stage->marks[count % SEEP_STAGE_MARKS], stamp, __ATOMIC_RELEASE);
  __atomic_store_n(&stage->mark_count, count + 1, __ATOMIC_SEQ_CST);
  __atomic_store_n(&stage->mark_pending, 0, __ATOMIC_SEQ_CST);
  return stamp;
}

/* Pauses or resumes, unless the target has closed its stage. */
static void mark_steer(struct seep_stage *stage, enum seep_mark_kind kind) {
  uint32_t from = kind == SEEP_MARK_PAUSE ? SEEP_CONTROL_RECORD : SEEP_CONTROL_PAUSE;
  uint32_t to = kind == SEEP_MARK_PAUSE ? SEEP_CONTROL_PAUSE : SEEP_CONTROL_RECORD;
  if (kind != SEEP_MARK_LABEL)
    __atomic_compare_exchange_n(&stage->control, &from, to, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_RELAXED);
}

/* The stamp of this moment for a target that is gone: its clock may have been another machine's, or
 * of an earlier boot, so it comes from the time of day; in any case it lies behind all events. */
static uint64_t mark_stamp_of_finished(const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  double ns = (double)(int64_t)(clock_realtime_ns() - process->start_realtime_ns);
  double ticks = ns / 1e9 * process->ticks_per_second;
  uint64_t behind = trace->last_stamp + 1;
  if (ticks <= 0 || ticks > 9e18)
    return behind;
  uint64_t stamp = process->start_stamp + (uint64_t)ticks;
  return stamp > behind ? stamp : behind;
}

static bool mark_append(struct trail *trail, enum seep_mark_kind kind, const char *label,
                        uint64_t units, uint64_t stamp) {
  struct trail_payload payload = {0};
  struct seep_frame head = {.type = SEEP_FRAME_MARK, .first_stamp = stamp, .last_stamp = stamp};
  trail_put_number(&payload, SEEP_TAG_MARK_KIND, kind);
  trail_put_field(&payload, SEEP_TAG_LABEL, label, strnlen(label, MARK_LABEL_BYTES));
  if (units)
    trail_put_number(&payload, SEEP_TAG_UNITS, units);
  trail_put_number(&payload, SEEP_TAG_STAMP, stamp);
  trail_put_number(&payload, SEEP_TAG_REALTIME_NS, clock_realtime_ns());
  bool done = trail_append_payload(trail, &head, &payload);
  int saved = errno;
  trail_free_payload(&payload);
  errno = saved;
  return done;
}

static void mark_put_field(void *payload, enum seep_tag tag, const void *value, size_t bytes) {
  trail_put_field(payload, (uint16_t)tag, value, bytes);
}

/* What resident memory consists of at the mark. Where that cannot be read, or written, the mark is
 * good without. */
static void mark_append_resident(struct trail *trail, struct snapshot *stage,
                                 enum seep_clock clock) {
  struct trail_payload payload = {0};
  struct seep_frame head = {.type = SEEP_FRAME_RESIDENT, .first_stamp = clock_now(clock)};
  struct seep_resident found;
  if (!smaps_read(stage, &found))
    return;
  head.last_stamp = clock_now(clock);
  head.rss_kib = (uint32_t)(seep_resident_bytes(&found) / 1024);
  seep_resident_fields(&found, mark_put_field, &payload);
  trail_append_payload(trail, &head, &payload);
  trail_free_payload(&payload);
}

/* ---- Without reading the whole trace ----------------------------------------------------------*/

struct mark_target { /* what a mark on a running target needs to know */
  struct trace_reader *reader;
  enum seep_clock clock;
  bool running;
};

/* The clock, from the first frame; false: there is none to be had. */
static bool mark_read_clock(struct trace_reader *reader, struct trace_process *process) {
  struct frame_walk walk;
  struct frame frame;
  struct frame_gap gap;
  struct process_clock more;
  if (!file_open(&reader->frames.file, reader->path, O_RDONLY))
    return false;
  frame_walk_start(&walk, &reader->frames);
  return frame_next(&walk, &frame, &gap) && frame.head.type == SEEP_FRAME_PROCESS &&
         frame_payload(&reader->frames, &frame, &reader->scratch) == FRAME_OK &&
         process_decode(process, &more, reader->scratch.data, frame.head.plain_bytes) ==
             DEFINITIONS_OK;
}

static bool mark_find_target(struct mark_target *target, const char *path) {
  struct trace_process process = {0};
  target->reader = reader_new(path);
  if (!target->reader)
    return false;
  struct snapshot *stage = &target->reader->stage;
  if (mark_read_clock(target->reader, &process) &&
      snapshot_open(stage, target->reader->stage_path) == SNAPSHOT_OK)
    target->running = stage->running &&
                      memcmp(stage->head.trace_id, process.trace_id, sizeof process.trace_id) == 0;
  target->clock = process.clock;
  process_free(&process);
  return true;
}

/* ---- trace_mark -------------------------------------------------------------------------------*/

static enum trace_status mark_running(const struct mark_target *target, struct trail *trail,
                                      enum seep_mark_kind kind, const char *label, uint64_t units,
                                      struct trace_error *error) {
  struct seep_stage *stage = mark_map_stage(target->reader);
  if (!stage)
    return reader_fail(error, TRACE_WRITE, 0, errno, "its stage cannot be written");
  uint64_t stamp = mark_list(stage, target->clock);
  mark_steer(stage, kind);
  munmap(stage, sizeof *stage);
  if (!mark_append(trail, kind, label, units, stamp))
    return reader_fail(error, TRACE_WRITE, 0, errno, NULL);
  if (kind == SEEP_MARK_LABEL)
    mark_append_resident(trail, &target->reader->stage, target->clock);
  return TRACE_OK;
}

static enum trace_status mark_finished(const char *path, struct trail *trail,
                                       enum seep_mark_kind kind, const char *label, uint64_t units,
                                       struct trace_error *error) {
  struct trace *trace;
  if (kind != SEEP_MARK_LABEL)
    return reader_fail(error, TRACE_WRITE, 0, 0, "its program does not run any more");
  enum trace_status status = trace_open(path, &trace, error);
  if (status != TRACE_OK)
    return status;
  uint64_t stamp = mark_stamp_of_finished(trace);
  trace_close(trace);
  if (mark_append(trail, kind, label, units, stamp))
    return TRACE_OK;
  return reader_fail(error, TRACE_WRITE, 0, errno, NULL);
}

static enum trace_status mark_open(const char *path, struct trail *trail,
                                   struct trace_error *error) {
  if (trail_open(trail, path))
    return TRACE_OK;
  enum trace_status status = errno == ENOENT || errno == ENOTDIR ? TRACE_NOT_FOUND : TRACE_WRITE;
  return reader_fail(error, status, 0, errno, NULL);
}

enum trace_status trace_mark(const char *path, enum seep_mark_kind kind, const char *label,
                             uint64_t units, struct trace_error *error) {
  struct trail trail;
  struct mark_target target = {0};
  reader_fail(error, TRACE_OK, 0, 0, NULL);
  enum trace_status status = mark_open(path, &trail, error);
  if (status != TRACE_OK)
    return status;
  if (!mark_find_target(&target, path))
    status = reader_fail(error, TRACE_MEMORY, 0, 0, NULL);
  else if (target.running)
    status = mark_running(&target, &trail, kind, label, units, error);
  else
    status = mark_finished(path, &trail, kind, label, units, error);
  reader_free(target.reader);
  trail_close(&trail);
  return status;
}

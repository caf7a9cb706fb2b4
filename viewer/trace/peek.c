/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/peek.h"
#include "trace/frame.h"
#include "trace/process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define PEEK_PAYLOAD (1u << 20) /* no PROCESS frame is that long */

static bool peek_take(struct family_member *member, struct trace_process *process,
                      const struct process_clock *clock) {
  memcpy(member->trace_id, process->trace_id, sizeof member->trace_id);
  memcpy(member->parent_id, process->parent_trace_id, sizeof member->parent_id);
  member->pid = process->pid;
  member->parent_pid = process->parent_pid;
  member->pid_start = process->pid_start;
  member->start_realtime_ns = process->start_realtime_ns;
  member->start_stamp = clock->stamp;
  member->fork_stamp = process->fork_stamp;
  member->clock = process->clock;
  member->program = process->program;
  process->program = NULL;
  return member->program;
}

static enum trace_status peek_decode(struct family_member *member, const uint8_t *payload,
                                     size_t bytes) {
  struct trace_process process = {.program = NULL};
  struct process_clock clock;
  if (process_decode(&process, &clock, payload, bytes) != DEFINITIONS_OK)
    return TRACE_NOT_A_TRACE;
  bool taken = process_fill(&process) && peek_take(member, &process, &clock);
  process_free(&process);
  return taken ? TRACE_OK : TRACE_MEMORY;
}

static enum trace_status peek_read(struct family_member *member, struct frame_reader *reader) {
  struct frame_walk walk;
  struct frame frame = {.offset = 0};
  struct frame_gap gap;
  struct frame_buffer payload = {NULL, 0};
  frame_walk_start(&walk, reader);
  if (walk.end > PEEK_PAYLOAD)
    walk.end = PEEK_PAYLOAD;
  if (!frame_next(&walk, &frame, &gap) || frame.offset || frame.head.type != SEEP_FRAME_PROCESS ||
      frame.head.plain_bytes > PEEK_PAYLOAD)
    return TRACE_NOT_A_TRACE;
  enum trace_status status = TRACE_NOT_A_TRACE;
  if (frame_payload(reader, &frame, &payload) == FRAME_OK)
    status = peek_decode(member, payload.data, frame.head.plain_bytes);
  free(payload.data);
  return status;
}

/* Whether a frame begins there: else the walk would search all of a file that is no trace. */
static bool peek_begins(const struct file *file) {
  uint32_t magic = 0;
  return file_read(file, 0, &magic, sizeof magic) && magic == SEEP_FRAME_MAGIC;
}

enum trace_status peek_member(struct family_member *member, const char *path) {
  struct frame_reader reader;
  *member = (struct family_member){.parent = FAMILY_NONE};
  frame_reader_start(&reader);
  bool opened = file_open(&reader.file, path, O_RDONLY) && file_measure(&reader.file);
  enum trace_status status = opened ? TRACE_NOT_A_TRACE : TRACE_NOT_FOUND;
  if (opened && peek_begins(&reader.file))
    status = peek_read(member, &reader);
  frame_reader_stop(&reader);
  if (status == TRACE_OK && !(member->path = strdup(path)))
    status = TRACE_MEMORY;
  if (status != TRACE_OK)
    peek_release(member);
  return status;
}

void peek_release(struct family_member *member) {
  free(member->path);
  free(member->program);
  *member = (struct family_member){.path = NULL};
}

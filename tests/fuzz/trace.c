/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a trace, and any bytes as its stage: opening and replaying must neither crash nor
 * give what the interface rules out. Checksums would keep a fuzzer from everything behind them, so
 * those of frames that look like ones are made right first, in half of the cases.
 */
#include "trace/trace.h"
#include <seep/checksum.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

struct check {
  const struct trace *trace;
  uint64_t last_stamp;
};

static void check(bool holds) {
  if (!holds)
    abort();
}

static bool check_kind(uint8_t kind) {
  return kind == SEEP_KIND_ALLOC || kind == SEEP_KIND_FREE || kind == SEEP_KIND_MAP ||
         kind == SEEP_KIND_UNMAP || kind == TRACE_TRANSIENT;
}

static void check_events(void *data, const struct trace_event *events, size_t count) {
  struct check *state = data;
  for (size_t i = 0; i < count; i++) {
    check(events[i].stamp >= state->last_stamp);
    check(events[i].context < state->trace->context_count);
    check(events[i].thread < state->trace->thread_count);
    check(check_kind(events[i].kind));
    check(events[i].kind != TRACE_TRANSIENT || (events[i].size && !events[i].context));
    state->last_stamp = events[i].stamp;
  }
}

static void check_sums(void *data, const struct trace_sums *sums) {
  struct check *state = data;
  check(sums->context < state->trace->context_count);
  check(sums->thread < state->trace->thread_count);
}

static void check_trace(const struct trace *trace) {
  check(trace->process.ticks_per_second > 0);
  check(trace->process.program && trace->process.command);
  for (size_t i = 1; i < trace->context_count; i++)
    check(trace->contexts[i].parent < i && trace->contexts[i].module < trace->module_count);
  for (size_t i = 0; i < trace->module_count; i++)
    check(trace->modules[i].path);
  for (size_t i = 0; i < trace->thread_count; i++)
    check(trace->threads[i].name);
  for (size_t i = 1; i < trace->mark_count; i++)
    check(trace->marks[i - 1].stamp <= trace->marks[i].stamp);
}

static void mend_checksums(uint8_t *data, size_t bytes) {
  static struct seep_crc32 crc;
  struct seep_frame head;
  const uint32_t magic = SEEP_FRAME_MAGIC;
  uint8_t *at = data, *end = data + bytes;
  if (!crc.table[0][1])
    seep_crc32_init(&crc);
  while ((at = memmem(at, (size_t)(end - at), &magic, sizeof magic)) &&
         (size_t)(end - at) >= sizeof head) {
    memcpy(&head, at, sizeof head);
    size_t left = (size_t)(end - at) - sizeof head;
    if (head.stored_bytes <= left)
      head.payload_crc = seep_crc32(&crc, at + sizeof head, head.stored_bytes);
    head.header_crc = seep_crc32(&crc, &head, offsetof(struct seep_frame, header_crc));
    memcpy(at, &head, sizeof head);
    at += sizeof head;
  }
}

static void write_file(const char *path, const uint8_t *data, size_t bytes) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  check(fd >= 0 && write(fd, data, bytes) == (ssize_t)bytes);
  close(fd);
}

/* The first byte says how many sixteenths of the rest are the stage's. */
static void write_input(const char *path, const char *stage_path, const uint8_t *data,
                        size_t bytes) {
  size_t stage_bytes = bytes / 16 * (data[0] & 15);
  uint8_t *copy = malloc(bytes);
  check(copy);
  memcpy(copy, data, bytes);
  if (data[0] & 16)
    mend_checksums(copy + 1, bytes - 1 - stage_bytes);
  write_file(path, copy + 1, bytes - 1 - stage_bytes);
  unlink(stage_path);
  if (stage_bytes)
    write_file(stage_path, copy + bytes - stage_bytes, stage_bytes);
  free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  static const struct trace_visitor visitor = {.events = check_events, .sums = check_sums};
  static char path[64], stage_path[80];
  struct trace *trace;
  struct trace_error error;
  if (!bytes)
    return 0;
  if (!path[0]) {
    snprintf(path, sizeof path, "/tmp/seep-fuzz-%d.seep", (int)getpid());
    snprintf(stage_path, sizeof stage_path, "%s.stage", path);
  }
  write_input(path, stage_path, data, bytes);
  if (trace_open(path, &trace, &error) == TRACE_OK) {
    struct check state = {.trace = trace};
    check_trace(trace);
    for (int i = 0; i < 2; i++) { /* the second meets the damage that the first noted */
      state.last_stamp = 0;
      check(trace_replay(trace, &visitor, &state, &error) == TRACE_OK);
    }
    trace_close(trace);
  }
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "builder_private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

void builder_require(bool done, const char *what) {
  if (done)
    return;
  perror(what);
  abort();
}

void *builder_grow(void *items, size_t count, size_t item_bytes) {
  bool full = !items || !(count & (count - 1)); /* what grows one by one is doubled */
  size_t room = items && count ? 2 * count : count + 1;
  void *grown = full ? realloc(items, room * item_bytes) : items;
  builder_require(grown, "realloc");
  memset((char *)grown + count * item_bytes, 0, item_bytes);
  return grown;
}

struct builder *builder_new(const char *path) {
  struct builder *builder = builder_grow(NULL, 0, sizeof *builder);
  seep_crc32_init(&builder->crc);
  builder->path = strdup(path);
  builder->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  builder_require(builder->path && builder->fd >= 0, path);
  return builder;
}

void builder_close(struct builder *builder) {
  builder_contexts(builder);
  close(builder->fd);
  for (size_t i = 0; i < builder->thread_count; i++) {
    free(builder->threads[i].events);
    free(builder->threads[i].sums);
  }
  free(builder->threads);
  free(builder->nodes);
  free(builder->path);
  free(builder);
}

const char *builder_path(const struct builder *builder) {
  return builder->path;
}

uint64_t builder_offset(struct builder *builder) {
  return (uint64_t)lseek(builder->fd, 0, SEEK_END);
}

void builder_compress(struct builder *builder, bool compress) {
  builder->compress = compress;
}

void builder_rss(struct builder *builder, uint32_t rss_kib) {
  builder->rss_kib = rss_kib;
}

void builder_share_shift(struct builder *builder, uint8_t share_shift) {
  builder->share_shift = share_shift;
}

void builder_stamp_shift(struct builder *builder, uint8_t stamp_shift) {
  builder->stamp_shift = stamp_shift;
}

void builder_raw(struct builder *builder, const void *bytes, size_t count) {
  lseek(builder->fd, 0, SEEK_END);
  builder_require(write(builder->fd, bytes, count) == (ssize_t)count, builder->path);
}

void builder_frame(struct builder *builder, const struct seep_frame *like, const void *payload,
                   size_t bytes) {
  struct seep_frame head = *like;
  const void *stored = payload;
  void *compressed = NULL;
  head.magic = SEEP_FRAME_MAGIC;
  head.plain_bytes = head.stored_bytes = (uint32_t)bytes;
  head.rss_kib = builder->rss_kib;
  if (builder->compress) {
    size_t room = ZSTD_compressBound(bytes);
    stored = compressed = builder_grow(NULL, 0, room);
    head.stored_bytes = (uint32_t)ZSTD_compress(compressed, room, payload, bytes, 3);
    head.flags |= SEEP_FRAME_ZSTD;
  }
  head.payload_crc = seep_crc32(&builder->crc, stored, head.stored_bytes);
  head.header_crc = seep_crc32(&builder->crc, &head, offsetof(struct seep_frame, header_crc));
  builder_raw(builder, &head, sizeof head);
  builder_raw(builder, stored, head.stored_bytes);
  free(compressed);
}

void builder_flip(const char *path, uint64_t offset) {
  uint8_t byte = 0;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  builder_require(fd >= 0 && pread(fd, &byte, 1, (off_t)offset) == 1, path);
  byte ^= 0xff;
  builder_require(pwrite(fd, &byte, 1, (off_t)offset) == 1, path);
  close(fd);
}

void builder_truncate(const char *path, uint64_t size) {
  builder_require(truncate(path, (off_t)size) == 0, path);
}

/* ---- Payloads ---------------------------------------------------------------------------------*/

void builder_put_u64(uint8_t **at, uint64_t value) {
  memcpy(*at, &value, sizeof value);
  *at += sizeof value;
}

void builder_put_varint(uint8_t **at, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    *(*at)++ = (uint8_t)(value | 0x80);
  *(*at)++ = (uint8_t)value;
}

void builder_put_zigzag(uint8_t **at, int64_t value) {
  builder_put_varint(at, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

void builder_put_field(uint8_t **at, uint16_t tag, const void *value, size_t bytes) {
  struct seep_field field = {.tag = tag, .bytes = (uint32_t)bytes};
  memcpy(*at, &field, sizeof field);
  memcpy(*at + sizeof field, value, bytes);
  *at += sizeof field + bytes;
}

void builder_put_number(uint8_t **at, uint16_t tag, uint64_t value) {
  builder_put_field(at, tag, &value, sizeof value);
}

static void builder_put_text(uint8_t **at, uint16_t tag, const char *text) {
  builder_put_field(at, tag, text, strlen(text));
}

static void builder_put_if(uint8_t **at, uint16_t tag, uint64_t value) {
  if (value)
    builder_put_number(at, tag, value);
}

/* ---- Definitions ------------------------------------------------------------------------------*/

static uint64_t builder_or(uint64_t value, uint64_t otherwise) {
  return value ? value : otherwise;
}

static void builder_put_process(uint8_t **at, const struct builder_process *process) {
  const char *program = process->program ? process->program : "demo";
  builder_put_number(at, SEEP_TAG_FORMAT, builder_or(process->format, SEEP_FORMAT_VERSION));
  builder_put_number(at, SEEP_TAG_PID, builder_or(process->pid, 4711));
  builder_put_number(at, SEEP_TAG_PARENT_PID, builder_or(process->parent_pid, 1));
  if (process->fork_stamp) {
    builder_put_number(at, SEEP_TAG_FORK_STAMP, process->fork_stamp);
    builder_put_field(at, SEEP_TAG_PARENT_TRACE_ID, process->parent_trace_id,
                      sizeof process->parent_trace_id);
  }
  builder_put_text(at, SEEP_TAG_PROGRAM, program);
  builder_put_text(at, SEEP_TAG_EXECUTABLE,
                   process->executable ? process->executable : "/usr/bin/demo");
  if (process->command)
    builder_put_field(at, SEEP_TAG_COMMAND, process->command, process->command_bytes);
  else
    builder_put_field(at, SEEP_TAG_COMMAND, "demo\0--port", sizeof "demo\0--port");
  builder_put_number(at, SEEP_TAG_CLOCK, builder_or(process->clock, SEEP_CLOCK_TSC));
  builder_put_number(at, SEEP_TAG_TICKS_PER_SECOND,
                     builder_or(process->ticks, BUILDER_TICKS_PER_SECOND));
  builder_put_number(at, SEEP_TAG_STAMP, builder_or(process->stamp, BUILDER_START_STAMP));
  builder_put_number(at, SEEP_TAG_MONOTONIC_NS,
                     builder_or(process->monotonic_ns, BUILDER_START_STAMP));
  builder_put_number(at, SEEP_TAG_REALTIME_NS,
                     builder_or(process->realtime_ns, BUILDER_START_REALTIME_NS));
  builder_put_number(at, SEEP_TAG_CPUS, 2);
  builder_put_number(at, SEEP_TAG_MEMORY_BYTES, 8ull << 30);
  builder_put_if(at, SEEP_TAG_MEMORY_LIMIT_BYTES, process->memory_limit_bytes);
  builder_put_if(at, SEEP_TAG_ATTACHED_NS, process->attached_ns);
  builder_put_number(at, SEEP_TAG_PAGE_BYTES, 4096);
  builder_put_text(at, SEEP_TAG_KERNEL, "Linux 6.1.0");
  builder_put_text(at, SEEP_TAG_RECORDER, "0.1.0");
  builder_put_text(at, SEEP_TAG_UNWINDER, "cfi");
}

void builder_process(struct builder *builder, const struct builder_process *given) {
  struct builder_process process = given ? *given : (struct builder_process){0};
  uint8_t payload[65536], *at = payload;
  static const uint8_t none[16];
  if (memcmp(process.trace_id, none, sizeof none) == 0)
    for (int i = 0; i < 16; i++)
      process.trace_id[i] = (uint8_t)(i + 1);
  memcpy(builder->trace_id, process.trace_id, sizeof builder->trace_id);
  builder_put_process(&at, &process);
  builder_put_field(&at, SEEP_TAG_TRACE_ID, process.trace_id, sizeof process.trace_id);
  uint64_t stamp = builder_or(process.stamp, BUILDER_START_STAMP);
  struct seep_frame head = {.type = SEEP_FRAME_PROCESS, .first_stamp = stamp, .last_stamp = stamp};
  builder_frame(builder, &head, payload, (size_t)(at - payload));
}

void builder_module(struct builder *builder, uint64_t id, const char *path, uint64_t bias,
                    const void *build_id, size_t build_id_bytes) {
  uint8_t payload[65536], *at = payload;
  builder_put_number(&at, SEEP_TAG_MODULE, id);
  builder_put_text(&at, SEEP_TAG_PATH, path);
  builder_put_number(&at, SEEP_TAG_BIAS, bias);
  builder_put_number(&at, SEEP_TAG_START, 0x400000 + bias);
  builder_put_number(&at, SEEP_TAG_STOP, 0x500000 + bias);
  if (build_id_bytes)
    builder_put_field(&at, SEEP_TAG_BUILD_ID, build_id, build_id_bytes);
  builder_frame(builder, &(struct seep_frame){.type = SEEP_FRAME_MODULE}, payload,
                (size_t)(at - payload));
}

void builder_module_recorder(struct builder *builder, uint64_t id) {
  uint8_t payload[64], *at = payload;
  builder_put_number(&at, SEEP_TAG_MODULE, id);
  builder_put_number(&at, SEEP_TAG_IS_RECORDER, 1);
  builder_frame(builder, &(struct seep_frame){.type = SEEP_FRAME_MODULE}, payload,
                (size_t)(at - payload));
}

void builder_module_unloaded(struct builder *builder, uint64_t id, uint64_t stamp) {
  uint8_t payload[64], *at = payload;
  builder_put_number(&at, SEEP_TAG_MODULE, id);
  builder_put_number(&at, SEEP_TAG_UNLOAD_STAMP, stamp);
  struct seep_frame head = {.type = SEEP_FRAME_MODULE, .first_stamp = stamp, .last_stamp = stamp};
  builder_frame(builder, &head, payload, (size_t)(at - payload));
}

void builder_context(struct builder *builder, uint32_t id, uint32_t parent, uint32_t module,
                     uint64_t offset, uint32_t flags) {
  builder->nodes = builder_grow(builder->nodes, builder->node_count, sizeof *builder->nodes);
  builder->nodes[builder->node_count++] = (struct builder_node){id, parent, module, flags, offset};
}

static void builder_put_run(uint8_t **at, const struct builder_node *nodes, size_t count) {
  builder_put_varint(at, count);
  for (const struct builder_node *node = nodes; node < nodes + count; node++) {
    builder_put_varint(at, node->parent ? (uint32_t)(node->id - node->parent) : 0);
    builder_put_varint(at, node->offset);
    builder_put_varint(at, (uint64_t)node->module << SEEP_CONTEXT_FLAG_BITS | node->flags);
  }
}

void builder_contexts(struct builder *builder) {
  size_t left = builder->node_count - builder->nodes_written;
  const struct builder_node *nodes = builder->nodes + builder->nodes_written;
  if (!left)
    return;
  uint8_t *payload = builder_grow(NULL, left + 1, 40), *at = payload;
  uint32_t next_id = 0;
  while (left) {
    size_t count = 1;
    while (count < left && nodes[count].id == nodes->id + count)
      count++;
    builder_put_varint(&at, (uint32_t)(nodes->id - next_id));
    builder_put_run(&at, nodes, count);
    next_id = (uint32_t)(nodes->id + count);
    nodes += count;
    left -= count;
  }
  builder->nodes_written = builder->node_count;
  builder_frame(builder, &(struct seep_frame){.type = SEEP_FRAME_CONTEXTS}, payload,
                (size_t)(at - payload));
  free(payload);
}

void builder_thread(struct builder *builder, uint32_t serial, uint64_t tid, const char *name,
                    uint64_t start_stamp, uint64_t end_stamp) {
  uint8_t payload[65536], *at = payload;
  uint64_t stamp = builder_or(end_stamp, start_stamp);
  builder_put_number(&at, SEEP_TAG_THREAD, serial);
  builder_put_number(&at, SEEP_TAG_TID, tid);
  builder_put_text(&at, SEEP_TAG_NAME, name);
  builder_put_number(&at, SEEP_TAG_STAMP, start_stamp);
  builder_put_if(&at, SEEP_TAG_END_STAMP, end_stamp);
  struct seep_frame head = {
      .type = SEEP_FRAME_THREAD, .thread = serial, .first_stamp = stamp, .last_stamp = stamp};
  builder_frame(builder, &head, payload, (size_t)(at - payload));
}

void builder_mark(struct builder *builder, enum seep_mark_kind kind, const char *label,
                  uint64_t units, uint64_t stamp) {
  uint8_t payload[65536], *at = payload;
  builder_put_number(&at, SEEP_TAG_MARK_KIND, kind);
  builder_put_text(&at, SEEP_TAG_LABEL, label);
  builder_put_if(&at, SEEP_TAG_UNITS, units);
  builder_put_number(&at, SEEP_TAG_STAMP, stamp);
  builder_put_number(&at, SEEP_TAG_REALTIME_NS,
                     BUILDER_START_REALTIME_NS + stamp - BUILDER_START_STAMP);
  struct seep_frame head = {.type = SEEP_FRAME_MARK, .first_stamp = stamp, .last_stamp = stamp};
  builder_frame(builder, &head, payload, (size_t)(at - payload));
}

void builder_loss(struct builder *builder, enum seep_loss reason, uint64_t count, uint64_t stamp) {
  uint8_t payload[64], *at = payload;
  builder_put_number(&at, SEEP_TAG_LOSS_REASON, reason);
  builder_put_number(&at, SEEP_TAG_LOSS_COUNT, count);
  struct seep_frame head = {.type = SEEP_FRAME_LOSS, .first_stamp = stamp, .last_stamp = stamp};
  builder_frame(builder, &head, payload, (size_t)(at - payload));
}

static void builder_totals(struct builder *builder, enum seep_frame_type type, uint64_t stamp,
                           const struct builder_state *given) {
  static const struct builder_state nothing;
  const struct builder_state *state = given ? given : &nothing;
  uint8_t payload[1024], *at = payload;
  builder_put_number(&at, SEEP_TAG_STAMP, stamp);
  builder_put_number(&at, SEEP_TAG_MONOTONIC_NS, builder_or(state->monotonic_ns, stamp));
  builder_put_if(&at, SEEP_TAG_RSS_KIB, state->rss_kib);
  builder_put_if(&at, SEEP_TAG_LOST_EVENTS, state->lost_events);
  builder_put_if(&at, SEEP_TAG_UNRECORDED_EVENTS, state->unrecorded_events);
  builder_put_if(&at, SEEP_TAG_TRUNCATED_STACKS, state->truncated_stacks);
  builder_put_if(&at, SEEP_TAG_PAUSED_EVENTS, state->paused_events);
  builder_put_if(&at, SEEP_TAG_CAPTURES, state->captures);
  builder_put_if(&at, SEEP_TAG_VERIFIED, state->verified);
  builder_put_if(&at, SEEP_TAG_VERIFY_SKIPPED, state->verify_skipped);
  builder_put_if(&at, SEEP_TAG_DISAGREEMENTS, state->disagreements);
  builder_put_if(&at, SEEP_TAG_CONTEXT_COUNT, state->context_count);
  builder_put_if(&at, SEEP_TAG_RECORDER_BYTES, state->recorder_bytes);
  builder_put_if(&at, SEEP_TAG_HOLDUP_TICKS, state->holdup_ticks);
  builder_put_if(&at, SEEP_TAG_DRAINS, state->drains);
  builder_put_if(&at, SEEP_TAG_PEAK_THREADS, state->peak_threads);
  builder_put_if(&at, SEEP_TAG_UNRECORDED_CHILDREN, state->unrecorded_children);
  builder_put_if(&at, SEEP_TAG_SIZE_LIMIT, state->size_limit);
  builder_put_if(&at, SEEP_TAG_FOLLOWED_SHARE, state->followed_share);
  builder_put_if(&at, SEEP_TAG_UNFOLLOWED_BLOCKS, state->unfollowed_blocks);
  builder_put_if(&at, SEEP_TAG_UNFOLLOWED_BYTES, state->unfollowed_bytes);
  builder_put_if(&at, SEEP_TAG_UNFOLLOWED_FREES, state->unfollowed_frees);
  builder_put_if(&at, SEEP_TAG_UNWRITTEN_RECORDS, state->unwritten_records);
  struct seep_frame head = {.type = type, .first_stamp = stamp, .last_stamp = stamp};
  builder_frame(builder, &head, payload, (size_t)(at - payload));
}

void builder_state(struct builder *builder, uint64_t stamp, const struct builder_state *state) {
  builder_totals(builder, SEEP_FRAME_STATE, stamp, state);
}

void builder_end(struct builder *builder, uint64_t stamp, const struct builder_state *state) {
  builder_totals(builder, SEEP_FRAME_END, stamp, state);
}

static void builder_put_resident(void *at, enum seep_tag tag, const void *value, size_t bytes) {
  builder_put_field(at, (uint16_t)tag, value, bytes);
}

void builder_resident(struct builder *builder, uint64_t stamp, const struct seep_resident *found) {
  struct seep_frame head = {
      .type = SEEP_FRAME_RESIDENT, .first_stamp = stamp, .last_stamp = stamp + 10};
  uint8_t payload[sizeof *found + 32 * sizeof(struct seep_field)], *at = payload;
  seep_resident_fields(found, builder_put_resident, &at);
  builder_frame(builder, &head, payload, (size_t)(at - payload));
}

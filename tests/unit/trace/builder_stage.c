/* SPDX-License-Identifier: Apache-2.0
 *
 * Stages of the builder.
 */
#include "builder_private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUILDER_SLOT_BYTES (4 * SEEP_STAGE_GRAIN)

struct stage_file {
  int fd;
  uint64_t end;
};

static void stage_put(struct stage_file *file, const void *part, size_t bytes) {
  builder_require(pwrite(file->fd, part, bytes, (off_t)file->end) == (ssize_t)bytes, "stage");
  file->end += bytes;
}

static void stage_put_header(struct stage_file *file, const struct builder *builder,
                             const struct builder_stage *given) {
  uint8_t grain[SEEP_STAGE_GRAIN] = {0};
  struct seep_stage head = {
      .magic = SEEP_STAGE_MAGIC,
      .version = SEEP_FORMAT_VERSION,
      .pid = given->pid,
      .pid_start = given->pid_start,
      .control = given->control,
      .first_stamp = BUILDER_START_STAMP,
      .first_monotonic_ns = BUILDER_START_STAMP,
      .last_stamp = given->last_stamp,
      .last_monotonic_ns = given->last_monotonic_ns,
      .lost_events = given->lost_events,
      .unrecorded_events = given->unrecorded_events,
      .captures = given->captures,
  };
  memcpy(head.trace_id, builder->trace_id, sizeof head.trace_id);
  head.trace_id[0] ^= given->other_identity;
  memcpy(grain, &head, sizeof head);
  stage_put(file, grain, sizeof grain);
}

static void stage_put_slot(struct stage_file *file, const struct builder_thread *thread,
                           uint32_t serial) {
  struct seep_slot *slot = builder_grow(NULL, 0, BUILDER_SLOT_BYTES);
  struct seep_record *records = builder_records(thread);
  uint32_t count = builder_record_count(thread);
  slot->magic = SEEP_SLOT_MAGIC;
  slot->bytes = BUILDER_SLOT_BYTES;
  slot->thread = serial;
  slot->drained = thread->sequence + thread->skip;
  slot->committed = slot->drained + count;
  slot->tid = 1000 + serial;
  slot->start_stamp = BUILDER_START_STAMP;
  snprintf(slot->name, sizeof slot->name, "slot-%u", serial);
  builder_require(count * sizeof *records <= BUILDER_SLOT_BYTES - sizeof *slot, "slot too small");
  if (count)
    memcpy(slot->records, records, count * sizeof *records);
  stage_put(file, slot, BUILDER_SLOT_BYTES);
  free(records);
  free(slot);
}

/* Nodes must have ascending ids; those that are missing between them stay incomplete. */
static void stage_put_segment(struct stage_file *file, const struct builder *builder) {
  const struct builder_node *nodes = builder->nodes + builder->nodes_written;
  size_t count = builder->node_count - builder->nodes_written;
  if (!count)
    return;
  uint32_t capacity = nodes[count - 1].id - nodes[0].id + 1;
  size_t bytes = sizeof(struct seep_segment) + capacity * sizeof(struct seep_node);
  bytes = (bytes + SEEP_STAGE_GRAIN - 1) / SEEP_STAGE_GRAIN * SEEP_STAGE_GRAIN;
  struct seep_segment *segment = builder_grow(NULL, 0, bytes);
  segment->magic = SEEP_SEGMENT_MAGIC;
  segment->bytes = (uint32_t)bytes;
  segment->first_id = nodes[0].id;
  segment->capacity = capacity;
  for (size_t i = 0; i < count; i++)
    segment->nodes[nodes[i].id - nodes[0].id] = (struct seep_node){
        .place =
            nodes[i].offset | (uint64_t)nodes[i].flags << SEEP_NODE_FLAG_SHIFT | SEEP_NODE_COMPLETE,
        .parent = nodes[i].parent,
        .module = nodes[i].module,
    };
  stage_put(file, segment, bytes);
  free(segment);
}

void builder_stage(struct builder *builder, const struct builder_stage *given) {
  static const struct builder_stage nothing;
  char path[4096];
  snprintf(path, sizeof path, "%s%s", builder->path, SEEP_STAGE_SUFFIX);
  struct stage_file file = {.fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  builder_require(file.fd >= 0, path);
  stage_put_header(&file, builder, given ? given : &nothing);
  for (size_t i = 0; i < builder->thread_count; i++)
    if (builder->threads[i].used)
      stage_put_slot(&file, &builder->threads[i], (uint32_t)i);
  stage_put_segment(&file, builder);
  close(file.fd);
}

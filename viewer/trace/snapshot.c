/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/snapshot.h"
#include "trace/array.h"
#include "trace/liveness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define SNAPSHOT_TRIES 64
#define SNAPSHOT_NODES 4096 /* copied at once */

enum snapshot_result snapshot_open(struct snapshot *snapshot, const char *path) {
  memset(snapshot, 0, sizeof *snapshot);
  if (!file_open(&snapshot->file, path, O_RDONLY | O_NOFOLLOW))
    return SNAPSHOT_NONE;
  bool sound = file_read(&snapshot->file, 0, &snapshot->head, sizeof snapshot->head) &&
               snapshot->head.magic == SEEP_STAGE_MAGIC &&
               snapshot->head.version == SEEP_FORMAT_VERSION;
  if (sound) {
    snapshot->running = liveness_check(&snapshot->file, &snapshot->head);
    return SNAPSHOT_OK;
  }
  file_close(&snapshot->file);
  errno = 0;
  return SNAPSHOT_NONE;
}

/* ---- Slots ------------------------------------------------------------------------------------*/

/* Records that the slot says it holds; false: it says what cannot be. */
static bool snapshot_slot_count(const struct seep_slot *head, size_t *count) {
  uint64_t room = (head->bytes - sizeof *head) / sizeof(struct seep_record);
  uint64_t held = head->committed - head->drained;
  *count = (size_t)held;
  return head->committed >= head->drained && held <= room;
}

enum slot_try { SLOT_COPIED, SLOT_MOVED, SLOT_NO_MEMORY, SLOT_UNREADABLE };

/* One try to copy a slot: it counts if no drain came between the first and the second look. */
static enum slot_try snapshot_try_slot(const struct snapshot *snapshot,
                                       struct snapshot_slot *slot) {
  struct seep_slot again;
  const struct file *file = &snapshot->file;
  if (!file_read(file, slot->offset, &slot->head, sizeof slot->head))
    return SLOT_UNREADABLE;
  if (!snapshot_slot_count(&slot->head, &slot->count))
    return SLOT_MOVED;
  size_t bytes = slot->count * sizeof(struct seep_record);
  struct seep_record *records = realloc(slot->records, bytes + 1);
  if (!records)
    return SLOT_NO_MEMORY;
  slot->records = records;
  if (!file_read(file, slot->offset + sizeof slot->head, records, bytes) ||
      !file_read(file, slot->offset, &again, sizeof again))
    return SLOT_UNREADABLE;
  bool still = again.thread == slot->head.thread && again.drained == slot->head.drained;
  return still ? SLOT_COPIED : SLOT_MOVED;
}

static enum slot_try snapshot_copy_slot(const struct snapshot *snapshot,
                                        struct snapshot_slot *slot) {
  enum slot_try result = SLOT_MOVED;
  for (int i = 0; i < SNAPSHOT_TRIES && result == SLOT_MOVED; i++)
    result = snapshot_try_slot(snapshot, slot);
  return result;
}

static enum snapshot_result snapshot_take_slot(struct snapshot *snapshot, uint64_t offset) {
  struct snapshot_slot slot = {.offset = offset};
  enum slot_try result = snapshot_copy_slot(snapshot, &slot);
  bool owned = result == SLOT_COPIED && slot.head.thread != SEEP_SLOT_FREE;
  if (owned && array_room(&snapshot->slots, snapshot->slot_count, sizeof slot)) {
    snapshot->slots[snapshot->slot_count++] = slot;
    return SNAPSHOT_OK;
  }
  free(slot.records);
  snapshot->damaged += result == SLOT_MOVED || result == SLOT_UNREADABLE;
  return owned || result == SLOT_NO_MEMORY ? SNAPSHOT_MEMORY : SNAPSHOT_OK;
}

/* ---- Context nodes ----------------------------------------------------------------------------*/

static bool snapshot_add_node(struct contexts *contexts, uint32_t id,
                              const struct seep_node *node) {
  struct context_row row = {.id = id, .parent = node->parent, .module = node->module};
  if (!(node->place & SEEP_NODE_COMPLETE))
    return true;
  row.offset = node->place & SEEP_ADDRESS_MASK;
  row.flags = node->place >> SEEP_NODE_FLAG_SHIFT & SEEP_CONTEXT_FLAGS;
  return contexts_add(contexts, &row);
}

/* How many nodes the segment has room for: by what it says, and by what its bytes allow. */
static uint64_t snapshot_segment_nodes(const struct seep_segment *head) {
  uint64_t fit = (head->bytes - sizeof *head) / sizeof(struct seep_node);
  uint64_t nodes = head->capacity < fit ? head->capacity : fit;
  uint64_t ids_left = UINT32_MAX - (uint64_t)head->first_id;
  return nodes < ids_left ? nodes : ids_left;
}

static enum snapshot_result snapshot_take_segment(struct snapshot *snapshot, uint64_t offset,
                                                  struct contexts *contexts) {
  struct seep_segment head;
  struct seep_node nodes[SNAPSHOT_NODES];
  if (!file_read(&snapshot->file, offset, &head, sizeof head))
    return SNAPSHOT_OK;
  uint64_t left = snapshot_segment_nodes(&head);
  uint32_t id = head.first_id;
  for (offset += sizeof head; left; offset += sizeof nodes) {
    size_t step = left < SNAPSHOT_NODES ? (size_t)left : SNAPSHOT_NODES;
    if (!file_read(&snapshot->file, offset, nodes, step * sizeof *nodes))
      return SNAPSHOT_OK;
    for (size_t i = 0; i < step; i++)
      if (!snapshot_add_node(contexts, id++, &nodes[i]))
        return SNAPSHOT_MEMORY;
    left -= step;
  }
  return SNAPSHOT_OK;
}

/* ---- Parts ------------------------------------------------------------------------------------*/

struct snapshot_part { /* what slots and segments begin with */
  uint64_t magic;
  uint32_t bytes;
};

/* The bytes of the part at offset; 0: none begins there. */
static uint64_t snapshot_part_bytes(struct snapshot *snapshot, uint64_t offset,
                                    struct snapshot_part *part) {
  if (!file_read(&snapshot->file, offset, part, sizeof *part))
    return 0;
  if (part->magic != SEEP_SLOT_MAGIC && part->magic != SEEP_SEGMENT_MAGIC)
    return 0;
  if (part->bytes >= SEEP_STAGE_GRAIN && part->bytes % SEEP_STAGE_GRAIN == 0 &&
      part->bytes <= snapshot->file.bytes - offset)
    return part->bytes;
  snapshot->damaged++;
  return 0;
}

enum snapshot_result snapshot_take(struct snapshot *snapshot, struct contexts *contexts) {
  enum snapshot_result result = SNAPSHOT_OK;
  if (!file_measure(&snapshot->file))
    return SNAPSHOT_NONE;
  uint64_t offset = SEEP_STAGE_GRAIN;
  while (offset < snapshot->file.bytes && result == SNAPSHOT_OK) {
    struct snapshot_part part;
    uint64_t bytes = snapshot_part_bytes(snapshot, offset, &part);
    if (bytes)
      result = part.magic == SEEP_SLOT_MAGIC ? snapshot_take_slot(snapshot, offset)
                                             : snapshot_take_segment(snapshot, offset, contexts);
    offset += bytes ? bytes : SEEP_STAGE_GRAIN;
  }
  return result;
}

enum snapshot_result snapshot_look(struct snapshot *snapshot) {
  if (!file_measure(&snapshot->file))
    return SNAPSHOT_NONE;
  uint64_t offset = SEEP_STAGE_GRAIN;
  while (offset < snapshot->file.bytes) {
    struct snapshot_part part;
    struct snapshot_slot slot = {.offset = offset};
    uint64_t bytes = snapshot_part_bytes(snapshot, offset, &part);
    offset += bytes ? bytes : SEEP_STAGE_GRAIN;
    if (!bytes || part.magic != SEEP_SLOT_MAGIC ||
        !file_read(&snapshot->file, slot.offset, &slot.head, sizeof slot.head) ||
        slot.head.thread == SEEP_SLOT_FREE || !snapshot_slot_count(&slot.head, &slot.count))
      continue;
    if (!array_room(&snapshot->slots, snapshot->slot_count, sizeof slot))
      return SNAPSHOT_MEMORY;
    snapshot->slots[snapshot->slot_count++] = slot;
  }
  return SNAPSHOT_OK;
}

bool snapshot_changed(const struct snapshot *snapshot) {
  struct seep_stage head;
  if (!file_read(&snapshot->file, 0, &head, sizeof head) || head.drains != snapshot->head.drains ||
      head.stage_bytes != snapshot->head.stage_bytes || head.control != snapshot->head.control)
    return true;
  for (size_t i = 0; i < snapshot->slot_count; i++) {
    const struct snapshot_slot *slot = &snapshot->slots[i];
    struct seep_slot now;
    if (!file_read(&snapshot->file, slot->offset, &now, sizeof now) ||
        now.committed != slot->head.committed || now.thread != slot->head.thread)
      return true;
  }
  return false;
}

void snapshot_count(const struct snapshot *snapshot, struct trace_counters *counters) {
  const struct seep_stage *head = &snapshot->head;
  *counters = (struct trace_counters){
      .lost_events = head->lost_events,
      .unrecorded_events = head->unrecorded_events,
      .truncated_stacks = head->truncated_stacks,
      .paused_events = head->paused_events,
      .captures = head->captures,
      .verified = head->verified,
      .verify_skipped = head->verify_skipped,
      .disagreements = head->disagreements,
      .context_count = head->context_count,
      .recorder_bytes = head->recorder_bytes_peak,
      .holdup_ticks = head->holdup_ticks,
      .drains = head->drains,
      .peak_threads = head->peak_threads,
      .unrecorded_children = head->unrecorded_children,
      .size_limit = head->size_limit,
      .followed_share = head->followed_share,
      .unfollowed_blocks = head->unfollowed_blocks,
      .unfollowed_bytes = head->unfollowed_bytes,
      .unfollowed_frees = head->unfollowed_frees,
      .unwritten_records = head->unwritten_records,
      .unrecorded_child_allocations = head->unrecorded_child_allocations,
      .unrecorded_child_bytes = head->unrecorded_child_bytes,
  };
  for (size_t i = 0; i < snapshot->slot_count; i++) {
    const struct seep_slot *slot = &snapshot->slots[i].head;
    counters->unrecorded_events += slot->unrecorded_events;
    counters->truncated_stacks += slot->truncated_stacks;
    counters->paused_events += slot->paused_events;
    counters->captures += slot->captures;
  }
}

void snapshot_close(struct snapshot *snapshot) {
  for (size_t i = 0; i < snapshot->slot_count; i++)
    free(snapshot->slots[i].records);
  free(snapshot->slots);
  file_close(&snapshot->file);
  *snapshot = (struct snapshot){.file.fd = -1};
}

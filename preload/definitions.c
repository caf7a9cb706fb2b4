/* SPDX-License-Identifier: Apache-2.0 */
#include "definitions.h"
#include "compress.h"
#include "contexts.h"
#include "modules.h"
#include "output.h"
#include "varint.h"

#include <string.h>

#define ROW_BYTES (5 * VARINT_BYTES)
#define COUNT_BYTES 5 /* the rows' number is put in front when it is known */

/* A CONTEXTS frame under way. ids lists what it defines (in sort[1], which is free until the
 * columns); the table (pairs.c's, free again) knows which ids those are. */
struct listing {
  struct workspace *workspace;
  struct varint_buffer out;
  uint32_t *ids;
  uint32_t count, limit;
  uint32_t before_id;
  uint64_t before_offset;
};

static void begin(struct listing *l, struct workspace *workspace) {
  l->workspace = workspace;
  l->out = (struct varint_buffer){workspace->plain + COUNT_BYTES,
                                  workspace->plain + WORKSPACE_STORED, false};
  l->ids = (uint32_t *)workspace->sort[1];
  l->limit = WORKSPACE_TABLE / 2;
  l->count = l->before_id = 0;
  l->before_offset = 0;
  memset(workspace->table, 0, sizeof workspace->table);
}

/* Whether this frame defines id already; if not it is entered as about to be. */
static bool seen(struct listing *l, uint32_t id) {
  uint16_t *table = l->workspace->table;
  uint32_t at = id * 0x9e3779b1u >> 17;
  for (; table[at]; at = (at + 1) % WORKSPACE_TABLE)
    if (l->ids[table[at] - 1] == id)
      return true;
  l->ids[l->count++] = id;
  table[at] = (uint16_t)l->count;
  return false;
}

static void put_row(struct listing *l, uint32_t id) {
  const struct seep_node *node = contexts_node(id);
  if (!node)
    return;
  uint64_t offset = node->place & SEEP_ADDRESS_MASK;
  varint_put_signed(&l->out, (int64_t)id - (int64_t)l->before_id);
  varint_put(&l->out, node->parent);
  varint_put(&l->out, node->module);
  varint_put(&l->out, node->place >> SEEP_NODE_FLAG_SHIFT & 0xff);
  varint_put_signed(&l->out, (int64_t)(offset - l->before_offset));
  l->before_id = id;
  l->before_offset = offset;
}

static void finish(struct listing *l) {
  if (!l->count)
    return;
  uint8_t *start = l->workspace->plain;
  for (int i = 0; i < COUNT_BYTES;
       i++) /* a varint of full width: its length does not depend on it */
    start[i] = (uint8_t)((l->count >> 7 * i & 0x7f) | (i + 1 < COUNT_BYTES ? 0x80 : 0));
  struct seep_frame *header = &l->workspace->out.header;
  output_begin(header, SEEP_FRAME_CONTEXTS);
  size_t stored, plain;
  if (compress_fits(l->workspace, (size_t)(l->out.at - start), &stored, &plain) &&
      output_write(header, stored, plain))
    for (uint32_t i = 0; i < l->count; i++)
      contexts_set_written(l->ids[i]);
}

/* Enters id and its parents that the trace lacks. Order is free: what counts is that all of them
 * stand before the EVENTS frame. */
static void list(struct listing *l, uint32_t id) {
  while (id && !contexts_written(id) && !seen(l, id)) {
    put_row(l, id);
    const struct seep_node *node = contexts_node(id);
    id = node ? node->parent : 0;
    if (l->count == l->limit || l->out.end - l->out.at < ROW_BYTES) {
      finish(l);
      begin(l, l->workspace);
    }
  }
}

void definitions_write_contexts(struct workspace *workspace) {
  struct listing l;
  begin(&l, workspace);
  for (uint32_t i = 0; i < workspace->context_count; i++)
    list(&l, workspace->contexts[i]);
  finish(&l);
}

bool definitions_write_thread(const struct seep_slot *slot, uint64_t end_stamp) {
  struct output_frame frame;
  struct output_fields fields;
  output_fields_begin(&fields, &frame, SEEP_FRAME_THREAD);
  frame.header.thread = slot->thread;
  output_field_u64(&fields, SEEP_TAG_THREAD, slot->thread);
  output_field_u64(&fields, SEEP_TAG_TID, slot->tid);
  output_field_bytes(&fields, SEEP_TAG_NAME, slot->name, strnlen(slot->name, sizeof slot->name));
  output_field_u64(&fields, SEEP_TAG_STAMP, slot->start_stamp);
  if (end_stamp)
    output_field_u64(&fields, SEEP_TAG_END_STAMP, end_stamp);
  return output_fields_write(&fields);
}

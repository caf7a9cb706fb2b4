/* SPDX-License-Identifier: Apache-2.0 */
#include "definitions.h"
#include "compress.h"
#include "contexts.h"
#include "modules.h"
#include "output.h"
#include "varint.h"

#include <string.h>

#define RUN_NODES 1024
#define ROW_BYTES (5 + 7 + 5) /* most that a node takes */
#define RUN_BYTES (2 * VARINT_BYTES + RUN_NODES * ROW_BYTES + VARINT_BYTES)

struct run {
  uint32_t first, count;
};

/* A CONTEXTS frame under way, and what it defines: in sort[1], which is free until the columns. */
struct listing {
  struct workspace *workspace;
  struct varint_buffer out;
  struct run *runs;
  uint32_t run_count;
  uint32_t next_id; /* behind the last run */
};

static void begin(struct listing *l, struct workspace *workspace) {
  *l = (struct listing){
      .workspace = workspace,
      .out = {workspace->plain, workspace->plain + WORKSPACE_STORED, false},
      .runs = (struct run *)workspace->sort[1],
  };
}

static bool has_room(const struct listing *l) {
  return l->run_count < sizeof l->workspace->sort[1] / sizeof *l->runs &&
         l->out.end - l->out.at >= RUN_BYTES;
}

/* Callers were met first, so a parent's id is below its child's, and mostly the one before. */
static void put_row(struct listing *l, uint32_t id) {
  const struct seep_node *node = contexts_node(id);
  uint64_t flags = node->place >> SEEP_NODE_FLAG_SHIFT & SEEP_CONTEXT_FLAGS;
  varint_put(&l->out, node->parent ? id - node->parent : 0);
  varint_put(&l->out, node->place & SEEP_ADDRESS_MASK);
  varint_put(&l->out, (uint64_t)node->module << SEEP_CONTEXT_FLAG_BITS | flags);
}

static void put_run(struct listing *l, uint32_t first, uint32_t count) {
  varint_put(&l->out, first - l->next_id);
  varint_put(&l->out, count);
  for (uint32_t i = 0; i < count; i++)
    put_row(l, first + i);
  l->next_id = first + count;
  l->runs[l->run_count++] = (struct run){first, count};
}

static bool finish(struct listing *l) {
  struct seep_frame *header = &l->workspace->out.header;
  size_t stored, plain;
  if (!l->run_count)
    return true;
  output_begin(header, SEEP_FRAME_CONTEXTS);
  if (!compress_fits(l->workspace, (size_t)(l->out.at - l->workspace->plain), &stored, &plain) ||
      !output_write(header, stored, plain))
    return false;
  for (uint32_t i = 0; i < l->run_count; i++)
    contexts_set_written(l->runs[i].first, l->runs[i].count);
  return true;
}

void definitions_write_contexts(struct workspace *workspace) {
  struct listing l;
  uint32_t id = contexts_first_unwritten(), end = contexts_count() + 1, count;
  begin(&l, workspace);
  for (; (count = contexts_unwritten(&id, end, RUN_NODES)); id += count) {
    if (!has_room(&l)) {
      if (!finish(&l)) /* a full disk: the next drain tries again */
        return;
      begin(&l, workspace);
    }
    put_run(&l, id, count);
  }
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

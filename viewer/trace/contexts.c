/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/contexts.h"
#include "trace/array.h"
#include "trace/varint.h"

#include <stdlib.h>
#include <string.h>

/* Canonical ids of rows that have none yet: */
#define CONTEXT_UNSEEN UINT32_MAX
#define CONTEXT_OPEN (UINT32_MAX - 1) /* its path is being walked: who meets it closes a cycle */

bool contexts_add(struct contexts *contexts, const struct context_row *row) {
  if (!row->id) /* the empty stack: known to everyone */
    return true;
  if (contexts->count >= UINT32_MAX / 2)
    return false;
  if (!array_room(&contexts->rows, contexts->count, sizeof *row))
    return false;
  contexts->rows[contexts->count] = *row;
  contexts->rows[contexts->count++].canonical = CONTEXT_UNSEEN;
  return true;
}

static bool contexts_read_row(struct varint *in, struct context_row *row) {
  uint64_t distance = varint_read(in);
  row->parent = distance ? row->id - (uint32_t)distance : 0;
  row->offset = varint_read(in);
  uint64_t module = varint_read(in);
  row->module = (uint32_t)(module >> SEEP_CONTEXT_FLAG_BITS);
  row->flags = module & SEEP_CONTEXT_FLAGS;
  return !in->bad && distance <= UINT32_MAX && module >> SEEP_CONTEXT_FLAG_BITS <= UINT32_MAX;
}

enum contexts_result contexts_decode(struct contexts *contexts, const uint8_t *payload,
                                     size_t bytes) {
  struct varint in = {.at = payload, .end = payload + bytes};
  struct context_row row = {.in_file = true};
  while (in.at != in.end) {
    row.id += (uint32_t)varint_read(&in);
    for (uint64_t left = varint_read(&in); left; left--, row.id++) {
      if (!contexts_read_row(&in, &row))
        return CONTEXTS_MALFORMED;
      if (!contexts_add(contexts, &row))
        return CONTEXTS_MEMORY;
    }
  }
  return in.bad ? CONTEXTS_MALFORMED : CONTEXTS_OK;
}

/* By id; of one id, the file's row first. */
static int contexts_compare(const void *left, const void *right) {
  const struct context_row *a = left, *b = right;
  if (a->id != b->id)
    return a->id < b->id ? -1 : 1;
  return (int)b->in_file - (int)a->in_file;
}

static bool contexts_sorted(const struct contexts *contexts) {
  for (size_t i = 1; i < contexts->count; i++)
    if (contexts->rows[i - 1].id >= contexts->rows[i].id)
      return false;
  return true;
}

static void contexts_sort(struct contexts *contexts) {
  if (contexts_sorted(contexts))
    return;
  qsort(contexts->rows, contexts->count, sizeof *contexts->rows, contexts_compare);
  size_t kept = 0;
  for (size_t i = 0; i < contexts->count; i++)
    if (!kept || contexts->rows[kept - 1].id != contexts->rows[i].id)
      contexts->rows[kept++] = contexts->rows[i];
  contexts->count = kept;
}

const struct context_row *contexts_row(const struct contexts *contexts, uint32_t id) {
  const struct context_row *rows = contexts->rows;
  if (id && id <= contexts->count && rows[id - 1].id == id) /* no id is missing below it */
    return &rows[id - 1];
  size_t low = 0, high = contexts->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (rows[middle].id < id)
      low = middle + 1;
    else
      high = middle;
  }
  return low < contexts->count && rows[low].id == id ? &rows[low] : NULL;
}

/* ---- Folding ----------------------------------------------------------------------------------*/

struct context_fold {
  struct contexts *contexts;
  struct trace_context *nodes;
  size_t count;
  uint32_t *table; /* canonical ids, by hash of the node; 0: empty */
  size_t mask;
  struct context_row **path; /* rows on the way to a known ancestor */
  size_t orphans;
};

static size_t contexts_hash(const struct trace_context *node) {
  uint64_t hash = node->offset * 0x9e3779b97f4a7c15ull;
  hash = (hash ^ hash >> 29 ^ node->parent) * 0xbf58476d1ce4e5b9ull;
  hash = (hash ^ hash >> 32 ^ ((uint64_t)node->module << 8 | node->flags)) * 0x94d049bb133111ebull;
  return (size_t)(hash ^ hash >> 31);
}

static bool contexts_equal(const struct trace_context *a, const struct trace_context *b) {
  return a->offset == b->offset && a->parent == b->parent && a->module == b->module &&
         a->flags == b->flags;
}

/* The canonical id of a node whose parent is canonical. */
static uint32_t contexts_intern(struct context_fold *fold, const struct trace_context *node) {
  size_t at = contexts_hash(node) & fold->mask;
  while (fold->table[at]) {
    if (contexts_equal(&fold->nodes[fold->table[at]], node))
      return fold->table[at];
    at = (at + 1) & fold->mask;
  }
  fold->nodes[fold->count] = *node;
  fold->table[at] = (uint32_t)fold->count;
  return (uint32_t)fold->count++;
}

/* Finds the canonical parent of row, which is settled by now or does not exist; true: outer frames
 * are missing. */
static bool contexts_settle_parent(struct context_fold *fold, const struct context_row *row,
                                   uint32_t *canonical) {
  const struct context_row *parent = contexts_row(fold->contexts, row->parent);
  *canonical = 0;
  if (!row->parent)
    return false;
  if (!parent || parent->canonical >= CONTEXT_OPEN) {
    fold->orphans++;
    return true;
  }
  *canonical = parent->canonical;
  return parent->truncated;
}

/* Interns row under its parent, or gives it the parent's id. */
static void contexts_settle(struct context_fold *fold, struct context_row *row) {
  struct trace_context node = {.offset = row->offset, .module = row->module, .flags = row->flags};
  if (contexts_settle_parent(fold, row, &node.parent))
    node.flags |= SEEP_CONTEXT_TRUNCATED;
  row->truncated = row->left_out && node.flags & SEEP_CONTEXT_TRUNCATED;
  row->canonical = row->left_out ? node.parent : contexts_intern(fold, &node);
}

/* Settles a row and, before it, its ancestors: up to the first that is settled, then back down. A
 * parent that is on the way already closes a cycle, and counts as missing. */
static void contexts_settle_path(struct context_fold *fold, struct context_row *row) {
  size_t length = 0;
  while (row && row->canonical == CONTEXT_UNSEEN) {
    row->canonical = CONTEXT_OPEN;
    fold->path[length++] = row;
    row = (struct context_row *)contexts_row(fold->contexts, row->parent);
  }
  while (length)
    contexts_settle(fold, fold->path[--length]);
}

static bool contexts_fold_start(struct context_fold *fold) {
  size_t rows = fold->contexts->count, slots = 64;
  while (slots < rows * 2)
    slots *= 2;
  fold->mask = slots - 1;
  fold->count = 1;
  fold->nodes = calloc(rows + 1, sizeof *fold->nodes);
  fold->table = calloc(slots, sizeof *fold->table);
  fold->path = malloc((rows + 1) * sizeof(struct context_row *));
  return fold->nodes && fold->table && fold->path;
}

bool contexts_finish(struct contexts *contexts, struct trace_context **nodes, size_t *count,
                     size_t *orphans) {
  struct context_fold fold = {.contexts = contexts};
  contexts_sort(contexts);
  bool ready = contexts_fold_start(&fold);
  for (size_t i = 0; ready && i < contexts->count; i++)
    contexts_settle_path(&fold, &contexts->rows[i]);
  free(fold.table);
  free(fold.path);
  if (!ready) {
    free(fold.nodes);
    return false;
  }
  *nodes = fold.nodes;
  *count = fold.count;
  *orphans = fold.orphans;
  return true;
}

void contexts_free(struct contexts *contexts) {
  free(contexts->rows);
  *contexts = (struct contexts){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/block.h"
#include "trace/array.h"

#include <stdlib.h>

#define BLOCK_SEQUENCE_LIMIT (1ull << 56) /* more records than a thread can make */

bool blocks_add(struct blocks *blocks, const struct block *block) {
  if (!array_room(&blocks->items, blocks->count, sizeof *block))
    return false;
  blocks->items[blocks->count++] = *block;
  return true;
}

void blocks_drop_last(struct blocks *blocks) {
  if (blocks->count)
    blocks->count--;
}

/* By thread, then by number; the file's before the stage's, as those are whole. */
static int block_compare(const void *left, const void *right) {
  const struct block *a = left, *b = right;
  const struct seep_frame *x = &a->frame.head, *y = &b->frame.head;
  if (x->thread != y->thread)
    return x->thread < y->thread ? -1 : 1;
  if (x->first_sequence != y->first_sequence)
    return x->first_sequence < y->first_sequence ? -1 : 1;
  if (!a->records != !b->records)
    return a->records ? 1 : -1;
  return a->frame.offset < b->frame.offset ? -1 : a->frame.offset > b->frame.offset;
}

/* Whether the block has records that are not covered yet; a part that is gets skipped. */
static bool block_is_new(struct block *block, uint64_t covered, struct blocks_summary *summary) {
  const struct seep_frame *head = &block->frame.head;
  uint64_t first = head->first_sequence, stop = first + head->record_count;
  if (first > BLOCK_SEQUENCE_LIMIT) {
    summary->overlapping++;
    return false;
  }
  if (first >= covered) {
    summary->missing += first - covered;
    summary->record_count += head->record_count;
    return true;
  }
  if (stop <= covered)
    return false;
  if (head->type != SEEP_FRAME_RECORDS) { /* its survivors cannot be told apart by number */
    summary->overlapping++;
    return false;
  }
  block->skip = (uint32_t)(covered - first);
  summary->record_count += stop - covered;
  return true;
}

void blocks_finish(struct blocks *blocks, struct blocks_summary *summary) {
  size_t kept = 0;
  uint64_t covered = 0;
  *summary = (struct blocks_summary){0};
  if (blocks->count)
    qsort(blocks->items, blocks->count, sizeof *blocks->items, block_compare);
  for (size_t i = 0; i < blocks->count; i++) {
    struct block *block = &blocks->items[i];
    const struct seep_frame *head = &block->frame.head;
    if (!kept || head->thread != blocks->items[kept - 1].frame.head.thread)
      covered = 0;
    if (!block_is_new(block, covered, summary))
      continue;
    covered = head->first_sequence + head->record_count;
    blocks->items[kept++] = *block;
  }
  blocks->count = kept;
}

void blocks_free(struct blocks *blocks) {
  free(blocks->items);
  *blocks = (struct blocks){0};
}

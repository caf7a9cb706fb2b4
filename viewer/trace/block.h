/* SPDX-License-Identifier: Apache-2.0
 *
 * The blocks of a trace: what EVENTS and RECORDS frames and the stage's slots hold, by thread and
 * in the thread's own order.
 */
#ifndef SEEP_TRACE_BLOCK_H
#define SEEP_TRACE_BLOCK_H

#include "trace/frame.h"

struct block {
  struct frame frame;                /* a stage's block: made up, without a place in the file */
  const struct seep_record *records; /* a stage's block: they are here, and not in the file */
  uint32_t skip;   /* RECORDS: so many at its start stand in earlier blocks already */
  uint32_t thread; /* index into the trace's threads */
  bool noted;      /* damage that a replay met has been noted */
  bool useless;    /* nothing of it can be used */
};

struct blocks {
  struct block *items;
  size_t count;
};

struct blocks_summary {
  uint64_t record_count, missing; /* records; numbers that no block has */
  size_t overlapping;             /* blocks that were dropped, as they overlap others in part */
};

/* Takes a block; false: no memory. */
bool blocks_add(struct blocks *blocks, const struct block *block);
/* Forgets the block that was added last. */
void blocks_drop_last(struct blocks *blocks);

/* Sorts, and removes what is there twice: a stage's records that were drained meanwhile, or that
 * were folded in before. */
void blocks_finish(struct blocks *blocks, struct blocks_summary *summary);

void blocks_free(struct blocks *blocks);

#endif

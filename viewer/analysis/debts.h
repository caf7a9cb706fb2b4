/* SPDX-License-Identifier: Apache-2.0
 *
 * What addresses still owe where every block has been recorded: frees that came before their
 * allocation, and blocks that came before the free of the one they stand on. The recorder cancels
 * false pairs (docs/design.md), so either may wait for as long as the trace is long; only
 * allocations less frees per address tell what stands. Any number of both may wait: nothing here
 * takes longer for it.
 */
#ifndef SEEP_ANALYSIS_DEBTS_H
#define SEEP_ANALYSIS_DEBTS_H

#include "analysis/keymap.h"
#include "analysis/live.h"

struct debts_block {
  struct live_block block;
  uint32_t next; /* of the same address, or of the unused ones; index + 1 */
};

struct debts {
  struct keymap frees;  /* by address + 1: how many wait, plus 1 */
  struct keymap blocks; /* by address + 1: index + 1 of the block that came last, plus 1 */
  struct debts_block *pool;
  size_t pool_count, pool_capacity;
  uint32_t unused; /* index + 1 of the first unused entry of the pool */
  size_t free_count, block_count;
};

void debts_init(struct debts *debts);
void debts_release(struct debts *debts);

/* A free of address came before its allocation. false: no memory. */
bool debts_add_free(struct debts *debts, uint64_t address);

/* Whether a free waited for an allocation of address; it does so no longer. */
bool debts_take_free(struct debts *debts, uint64_t address);

/* Another block took the place of block before a free came. false: no memory. */
bool debts_add_block(struct debts *debts, const struct live_block *block);

/* Takes the block of address that came last among those that wait; false: none does. */
bool debts_take_block(struct debts *debts, uint64_t address, struct live_block *block);

/* Takes any block that waits; false: none is left. For the end, with from 0 at first. */
bool debts_take_any(struct debts *debts, size_t *from, struct live_block *block);

#endif

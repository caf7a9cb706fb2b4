/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking ahead of the books. Their tables are far larger than caches, and what a posting touches
 * leads from one to the next: place to groups, place to cell. The memory of each is asked for some
 * postings before its turn, a table a step, so that the steps of many overlap. Changes nothing;
 * what it expects may turn out otherwise.
 */
#ifndef SEEP_ANALYSIS_AHEAD_H
#define SEEP_ANALYSIS_AHEAD_H

#include "analysis/ledger.h"

#define AHEAD_RING 16

struct ahead_cell { /* what a posting will count in, as far as can be told */
  uint32_t place;   /* 0: not known */
  uint32_t birth, death;
};

struct ahead {
  const struct ledger *ledger;
  const struct postings_batch *batch;
  struct ahead_cell ring[AHEAD_RING];
};

/* Asks for what the first postings of batch will touch. */
void ahead_start(struct ahead *ahead, const struct ledger *ledger,
                 const struct postings_batch *batch);

/* Called before each posting takes its turn: index, from 0 on. */
void ahead_step(struct ahead *ahead, size_t index);

#endif

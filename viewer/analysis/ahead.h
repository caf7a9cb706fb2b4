/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking ahead of the books. Their tables are far larger than caches, and what an event touches
 * leads from one to the next: address to block, block to place, place to cell. The memory of each
 * is asked for some events before its turn, a table a step, so that the steps of many events
 * overlap. Changes nothing; what it expects may turn out otherwise.
 */
#ifndef SEEP_ANALYSIS_AHEAD_H
#define SEEP_ANALYSIS_AHEAD_H

#include "analysis/ledger.h"

#define AHEAD_RING 32

struct ahead_event { /* what an event will count in, as far as can be told */
  uint32_t place;    /* 0: not known */
  uint32_t birth, death;
  uint64_t size, age; /* of a block that is to be freed */
};

struct ahead {
  const struct ledger *ledger;
  const struct trace_event *events;
  size_t count;
  struct ahead_event ring[AHEAD_RING];
};

/* Asks for what the first of count events will touch. */
void ahead_start(struct ahead *ahead, const struct ledger *ledger, const struct trace_event *events,
                 size_t count);

/* Called before each event takes its turn: index, from 0 on. */
void ahead_step(struct ahead *ahead, size_t index);

#endif

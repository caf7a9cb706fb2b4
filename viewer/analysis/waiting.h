/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks that wait for an event which the order of stamps put on the wrong side. Stamps of two
 * threads may be inverted by a little, so at a hand-over of an address
 *  - the allocation of its next life may come before the free of this one: the older block waits
 *    here for that free;
 *  - a free by another thread may come before the allocation it belongs to: the free waits here.
 * Either waits for a short window only. Both cases are rare, so a plain queue serves.
 */
#ifndef SEEP_ANALYSIS_WAITING_H
#define SEEP_ANALYSIS_WAITING_H

#include "analysis/live.h"

struct waiting_entry {
  struct live_block block; /* of a free that waits only the address says something */
  uint64_t since;          /* stamp of the event that made it wait */
  uint32_t thread;         /* of that event: its own events are in order, so it is not the other */
  bool taken;
};

struct waiting {
  struct waiting_entry *entries; /* a ring, by since */
  size_t capacity, first, count;
};

void waiting_init(struct waiting *waiting);
void waiting_release(struct waiting *waiting);

/* false: no memory. */
bool waiting_push(struct waiting *waiting, const struct waiting_entry *entry);

/* Takes the entry of address that waits longest, unless it is thread's own. */
bool waiting_take(struct waiting *waiting, uint64_t address, uint32_t thread,
                  struct waiting_entry *entry);

/* Takes the next entry that began to wait before stamp; false: there is none (left). */
bool waiting_expire(struct waiting *waiting, uint64_t stamp, struct waiting_entry *entry);

#endif

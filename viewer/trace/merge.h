/* SPDX-License-Identifier: Apache-2.0
 *
 * A heap of lanes: whose next entry is the earliest. Equal stamps go by the order of the lanes, so
 * that every replay gives the same.
 */
#ifndef SEEP_TRACE_MERGE_H
#define SEEP_TRACE_MERGE_H

#include "trace/lane.h"

struct merge_item {
  uint64_t stamp;
  uint32_t lane;
};

struct merge {
  struct merge_item *items;
  size_t count;
};

/* Puts an item in; there must be room for it. */
void merge_push(struct merge *merge, struct merge_item item);
/* Removes the first. */
void merge_pop(struct merge *merge);
/* The first has got a later stamp. */
void merge_delay(struct merge *merge, uint64_t stamp);

/* The item that comes next after the first: as long as the first lane's entries come before it,
 * they can be taken one after the other. With one lane only, an item behind everything. */
struct merge_item merge_second(const struct merge *merge);

static inline bool merge_before(const struct merge_item *a, const struct merge_item *b) {
  return a->stamp != b->stamp ? a->stamp < b->stamp : a->lane < b->lane;
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the pairs inside a block: an allocation and its free. They are dropped; what they were is
 * kept as sums.
 *
 * A pair may be a false one: the thread allocated the address, another freed it and allocated it
 * again, and handed it back to be freed here. What is left of the address is then a free before an
 * allocation. Since allocations less frees of an address stay what they were, a reader that
 * balances such a free against the allocation that follows has the true live set.
 */
#ifndef SEEP_PAIRS_H
#define SEEP_PAIRS_H

#include "workspace.h"

/* The last allocation of the thread's block before, if it lived on (address 0: it did not). Updated
 * for the next block. */
struct pairs_tail {
  uint64_t address;
  uint32_t context;
};

/* Matches workspace->records. Fills survivors, pairs, the dictionary (unsorted) and the sums.
 * keep_all: drop nothing but what was undone. */
void pairs_find(struct workspace *workspace, struct pairs_tail *tail, bool keep_all);

static inline uint64_t pairs_address(const struct seep_record *record) {
  return record->where & SEEP_ADDRESS_MASK;
}
static inline unsigned pairs_kind(const struct seep_record *record) {
  return record->where >> SEEP_KIND_SHIFT & SEEP_KIND_MASK;
}
static inline uint64_t pairs_size(const struct seep_record *record) {
  uint32_t size = (uint32_t)record->what;
  return size == SEEP_SIZE_WIDE ? record[1].what : size;
}
static inline uint32_t pairs_context(const struct seep_record *record) {
  return (uint32_t)(record->what >> 32);
}

#endif

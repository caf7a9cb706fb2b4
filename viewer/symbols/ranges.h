/* SPDX-License-Identifier: Apache-2.0
 *
 * Address ranges that can be asked which of them holds an address: symbols, compilation units and
 * functions are all looked up this way. Add the ranges, finish once, then find.
 */
#ifndef SEEP_SYMBOLS_RANGES_H
#define SEEP_SYMBOLS_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
  uint64_t start, stop; /* stop: first address behind */
  uint64_t reach;       /* highest stop of this range and those before it */
  uint32_t item;        /* the caller's */
};

struct ranges { /* all zero: empty */
  struct range *rows;
  size_t count, capacity;
};

/* Adds start to stop for item; an empty range is passed over. false: no memory. */
bool ranges_add(struct ranges *ranges, uint64_t start, uint64_t stop, uint32_t item);

/* Makes the ranges ready to be searched. */
void ranges_finish(struct ranges *ranges);

/* The range that holds address; of several the one that starts last, then the shortest, then the
 * one with the smallest item. NULL: none. */
const struct range *ranges_find(const struct ranges *ranges, uint64_t address);

void ranges_release(struct ranges *ranges);

#endif

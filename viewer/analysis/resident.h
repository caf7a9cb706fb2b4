/* SPDX-License-Identifier: Apache-2.0
 *
 * How much of resident memory the recorded blocks explain, and what the rest of it is, at the
 * readings that the trace has: what the kernel says of mappings is held against what stood then.
 * The items add up to all that was resident, whatever the trace says.
 */
#ifndef SEEP_ANALYSIS_RESIDENT_H
#define SEEP_ANALYSIS_RESIDENT_H

#include "analysis/analysis.h"

enum resident_item {
  RESIDENT_BLOCKS,  /* what was asked for, of the blocks that stood */
  RESIDENT_HEADERS, /* what malloc adds to each: by the rule of glibc's, see holdings.h */
  RESIDENT_FREE,    /* of malloc's heaps what is no block of these: free, or not recorded */
  /* Below 0: what blocks took and was not resident: never touched, or swapped out. At least so
   * much, for what is free in the same heap counts against it. */
  RESIDENT_UNTOUCHED,
  RESIDENT_MAPPED, /* memory of no file beside the heaps, and no block: the program's own mappings,
                      heaps of another allocator */
  RESIDENT_STACKS,
  RESIDENT_PROGRAM, /* and libraries: code and data */
  RESIDENT_FILES,
  RESIDENT_SHARED,
  RESIDENT_RECORDER,
  RESIDENT_OTHER,
  RESIDENT_ITEMS,
};

struct resident_state {
  uint64_t stamp, bytes, swapped_bytes;
  int64_t items[RESIDENT_ITEMS];
  bool foreign; /* most blocks are another malloc's: what that adds and keeps is in MAPPED */
};

/* At reading number index of the trace. */
struct resident_state resident_at(const struct analysis *analysis, size_t index);

/* The readings nearest to two moments. */
struct resident_change {
  struct resident_state from, to;
};

/* false: there are no two readings for it. */
bool resident_between(const struct analysis *analysis, size_t from, size_t to,
                      struct resident_change *change);

static inline int64_t resident_growth(const struct resident_change *change,
                                      enum resident_item item) {
  return (int64_t)((uint64_t)change->to.items[item] - (uint64_t)change->from.items[item]);
}

#endif

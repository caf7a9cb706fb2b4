/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the heaps of glibc's malloc lay, by all readings of resident memory that the trace has.
 */
#ifndef SEEP_ANALYSIS_HEAPS_H
#define SEEP_ANALYSIS_HEAPS_H

#include "trace/trace.h"

struct heaps {
  uint64_t start, stop; /* [heap] */
  uint64_t *windows;    /* a bit for each window of the address space that an arena lies in; NULL:
                           nothing is known, and all addresses are elsewhere */
};

#define HEAPS_ADDRESS_BITS 47
#define HEAPS_WINDOWS (1u << (HEAPS_ADDRESS_BITS - SEEP_RESIDENT_WINDOW_BITS))

/* false: no memory; release it all the same. */
bool heaps_init(struct heaps *heaps, const struct trace *trace);
void heaps_release(struct heaps *heaps);

static inline bool heaps_has(const struct heaps *heaps, uint64_t address) {
  uint64_t window = address >> SEEP_RESIDENT_WINDOW_BITS;
  if (!heaps->windows || window >= HEAPS_WINDOWS)
    return false;
  return (address >= heaps->start && address < heaps->stop) ||
         (heaps->windows[window / 64] >> window % 64 & 1);
}

#endif

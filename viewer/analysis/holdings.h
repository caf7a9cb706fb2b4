/* SPDX-License-Identifier: Apache-2.0
 *
 * What the recorded blocks took of memory at each reading of resident memory: as much as was asked
 * for, and as much as glibc's malloc takes for that, in its heaps and outside. A block in a heap is
 * a chunk with a header of 8 bytes, of 32 bytes at least and a multiple of 16; any other is a
 * mapping of its own. Blocks that the service told of itself lie inside others, and do not count.
 */
#ifndef SEEP_ANALYSIS_HOLDINGS_H
#define SEEP_ANALYSIS_HOLDINGS_H

#include "analysis/postings.h"

#define HOLDINGS_PAGE 4096u

struct holdings_amount {
  uint64_t bytes, taken; /* asked for; with what malloc adds */
};

enum holdings_place { HOLDINGS_HEAP, HOLDINGS_ELSEWHERE, HOLDINGS_PLACES };

struct holdings_level {
  struct holdings_amount in[HOLDINGS_PLACES];
  uint64_t foreign_bytes; /* elsewhere, and too small for mappings: another malloc gave them */
};

struct holdings {
  const struct trace *trace;
  struct holdings_level now, *levels; /* levels: at each of the trace's readings */
  size_t count, next;                 /* count 0: there are none, and nothing is counted */
};

/* trace must outlive it. false: no memory; release it all the same. */
bool holdings_init(struct holdings *holdings, const struct trace *trace);
void holdings_release(struct holdings *holdings);

/* Notes what stands before the first event behind a reading. */
void holdings_tell(struct holdings *holdings, uint64_t stamp);

/* Stamp that an event has to be behind for holdings_tell to be needed; UINT64_MAX: none. */
uint64_t holdings_next(const struct holdings *holdings);

/* A block comes (sign 1) or goes (-1). */
void holdings_count(struct holdings *holdings, const struct posting *posting, int64_t sign);

#endif

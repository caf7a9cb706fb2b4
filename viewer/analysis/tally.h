/* SPDX-License-Identifier: Apache-2.0
 *
 * What each thread itself did, whoever had allocated what it freed: kept beside the books, which
 * count a block to the thread that allocated it.
 */
#ifndef SEEP_ANALYSIS_TALLY_H
#define SEEP_ANALYSIS_TALLY_H

#include "analysis/analysis.h"

struct tally {
  struct analysis_thread *list; /* per thread of the trace; what names none counts to 0 */
  size_t count;
};

/* false: no memory; release it all the same. */
bool tally_init(struct tally *tally, const struct trace *trace);
void tally_release(struct tally *tally);

static inline struct analysis_thread *tally_of(struct tally *tally, uint32_t thread) {
  return &tally->list[thread < tally->count ? thread : 0];
}

/* A free by thread of size bytes that owner had allocated. */
static inline void tally_free(struct tally *tally, uint32_t thread, uint32_t owner, uint64_t size) {
  struct analysis_thread *own = tally_of(tally, thread);
  own->freed_bytes += size;
  own->foreign_frees += owner != thread;
}

/* Pairs that a block of the thread cancelled. */
void tally_pairs(struct tally *tally, const struct trace_sums *sums);

#endif

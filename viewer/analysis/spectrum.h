/* SPDX-License-Identifier: Apache-2.0
 *
 * How large the freed blocks of each site were and how long they lived, over the whole run: counts
 * by significant bits of bytes and by octal digits of ticks, as traces have them. Only what occurs
 * has a band. By site and not by place: they are few enough to stay in the processor's caches, as
 * this is done for every free; and in one flat table, so that a count is one access.
 */
#ifndef SEEP_ANALYSIS_SPECTRUM_H
#define SEEP_ANALYSIS_SPECTRUM_H

#include "trace/trace.h"

enum spectrum_kind { SPECTRUM_SIZE, SPECTRUM_LIFETIME };

struct spectrum_band {
  uint64_t key; /* site, kind and number; 0: the entry is empty */
  uint64_t blocks;
};

struct spectrum {
  struct spectrum_band *bands; /* a hash table */
  size_t count, size;          /* size: a power of two, or 0 */
};

void spectrum_release(struct spectrum *spectrum);

/* The band that a size falls into (below TRACE_SIZES), and a lifetime (below TRACE_LIFETIMES). */
uint8_t spectrum_size(uint64_t bytes);
uint8_t spectrum_time(uint64_t ticks);

/* A block of size bytes of site was freed after so many ticks; pairs that a block of records
 * cancelled. false: no memory. */
bool spectrum_freed(struct spectrum *spectrum, uint32_t site, uint64_t size, uint64_t ticks);
bool spectrum_pairs(struct spectrum *spectrum, uint32_t site, const struct trace_sums *sums);

/* Asks for the memory that spectrum_freed will touch. */
void spectrum_prefetch(const struct spectrum *spectrum, uint32_t site, uint64_t size,
                       uint64_t ticks);

/* Adds the site's counts of a kind to bands, by their numbers. */
void spectrum_add_to(const struct spectrum *spectrum, uint32_t site, enum spectrum_kind kind,
                     uint64_t *bands);

#endif

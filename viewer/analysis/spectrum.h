/* SPDX-License-Identifier: Apache-2.0
 *
 * How large the freed blocks of each site were and how long they lived, over the whole run: counts
 * by significant bits of bytes and by octal digits of ticks, as traces have them. Only what occurs
 * has a band. By site and not by place: they are few enough to stay in the processor's caches, as
 * this is done for every free.
 */
#ifndef SEEP_ANALYSIS_SPECTRUM_H
#define SEEP_ANALYSIS_SPECTRUM_H

#include "analysis/keymap.h"
#include "trace/trace.h"

#define SPECTRUM_NONE 0xffffffffu

enum spectrum_kind { SPECTRUM_SIZE, SPECTRUM_LIFETIME, SPECTRUM_KINDS };

struct spectrum_band {
  uint64_t blocks;
  uint32_t next; /* of the same site and kind; NONE: the last */
  uint8_t number;
};

struct spectrum_site {
  uint32_t first[SPECTRUM_KINDS], last[SPECTRUM_KINDS]; /* of its bands; last: used last */
};

struct spectrum {
  struct spectrum_band *bands;
  size_t count, capacity;
  struct spectrum_site *sites;
  size_t site_count, site_capacity;
  struct keymap by_key; /* site, kind and number to position + 1 */
};

void spectrum_release(struct spectrum *spectrum);

/* The band that a size falls into (below TRACE_SIZES), and a lifetime (below TRACE_LIFETIMES). */
uint8_t spectrum_size(uint64_t bytes);
uint8_t spectrum_time(uint64_t ticks);

/* A block of size bytes of site was freed after so many ticks; pairs that a block of records
 * cancelled. false: no memory. */
bool spectrum_freed(struct spectrum *spectrum, uint32_t site, uint64_t size, uint64_t ticks);
bool spectrum_pairs(struct spectrum *spectrum, uint32_t site, const struct trace_sums *sums);

/* Adds the site's counts of a kind to bands, by their numbers. */
void spectrum_add_to(const struct spectrum *spectrum, uint32_t site, enum spectrum_kind kind,
                     uint64_t *bands);

#endif

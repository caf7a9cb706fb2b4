/* SPDX-License-Identifier: Apache-2.0
 *
 * Who frees: the sampled frees of a trace (SEEP_KIND_SAMPLED), by the place whose block it was, the
 * context that freed and the block's age. A block whose allocation is not known (of before the
 * recording, of a parent process, of a pause) has no place: it is only counted.
 */
#ifndef SEEP_ANALYSIS_RELEASES_H
#define SEEP_ANALYSIS_RELEASES_H

#include "analysis/sites.h"
#include "trace/trace.h"

#define RELEASES_LIMIT (1u << 20) /* cells; what does not fit is counted as left out */

struct release {
  uint32_t place, context; /* whose block; what freed it */
  uint32_t site;           /* after releases_seal: the call that freed, as sites are named */
  uint16_t age;            /* bucket, see releases_age */
  bool resized;            /* by realloc */
  uint64_t samples, frees; /* frees: that the samples stand for */
};

struct releases {
  struct release *list; /* after releases_seal by place */
  size_t count, capacity;
  size_t limit; /* RELEASES_LIMIT; tests take less */
  bool full;
  uint64_t samples, unmatched, left_out; /* all; of blocks not known; with no room */
};

void releases_init(struct releases *releases);
void releases_release(struct releases *releases);

/* A sampled free of a block of place that is as old as that. false: no memory. */
bool releases_add(struct releases *releases, uint32_t place, uint64_t age,
                  const struct trace_event *event);

/* After the last one: puts equal ones together, and names the calls. false: no memory. */
bool releases_seal(struct releases *releases, struct sites *sites);

/* The first release of place; where the next place's begin, count at the end. */
size_t releases_first(const struct releases *releases, uint32_t place);

/* The age in the middle of a bucket, in ticks: exact below 8, else within a sixteenth. */
uint64_t releases_age(uint16_t bucket);

#endif

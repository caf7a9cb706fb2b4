/* SPDX-License-Identifier: Apache-2.0
 *
 * Places: a stack together with a thread, the finest thing that figures are kept for; and groups of
 * places, whose highest standing can only be told while the replay runs.
 */
#ifndef SEEP_ANALYSIS_PLACES_H
#define SEEP_ANALYSIS_PLACES_H

#include "analysis/analysis.h"
#include "analysis/sites.h"

enum group_kind { /* what places are put together by */
                  GROUP_STACK,
                  GROUP_SITE,
                  GROUP_FUNCTION,
                  GROUP_MODULE,
                  GROUP_THREAD,
                  GROUP_KINDS,
};

/* Two's-complement balances: a damaged trace may give more frees than allocations. */
struct group {
  int64_t bytes, blocks;
  int64_t peak_bytes, peak_blocks;
};

struct place {
  uint32_t context, thread, site;
  uint32_t groups[GROUP_KINDS]; /* indexes into groups */
};

struct places {
  struct sites *sites;
  struct place *list; /* index 0 is not used */
  size_t count, capacity;
  struct group *groups;
  size_t group_count, group_capacity;
  struct keymap group_by_key; /* kind and its id to group + 1 */
};

bool places_init(struct places *places, struct sites *sites);
void places_release(struct places *places);

/* Adds the next place: its index is one more than that of the last. false: no memory. */
bool places_add(struct places *places, uint32_t context, uint32_t thread);

/* Ask for the memory that places_gain will touch; the groups' when the place's has come. */
static inline void places_prefetch(const struct places *places, uint32_t place) {
  __builtin_prefetch(&places->list[place], 1);
}

static inline void places_prefetch_groups(const struct places *places, uint32_t place) {
  for (int kind = 0; kind < GROUP_KINDS; kind++)
    __builtin_prefetch(&places->groups[places->list[place].groups[kind]], 1);
}

/* Adds to (or takes from) the standing of all groups of a place. A trace that makes no sense may
 * say so much that it wraps. */
static inline void places_gain(struct places *places, uint32_t number, int64_t blocks,
                               int64_t bytes) {
  const struct place *place = &places->list[number];
  for (int kind = 0; kind < GROUP_KINDS; kind++) {
    struct group *group = &places->groups[place->groups[kind]];
    group->bytes = (int64_t)((uint64_t)group->bytes + (uint64_t)bytes);
    group->blocks = (int64_t)((uint64_t)group->blocks + (uint64_t)blocks);
    if (group->bytes > group->peak_bytes)
      group->peak_bytes = group->bytes;
    if (group->blocks > group->peak_blocks)
      group->peak_blocks = group->blocks;
  }
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Which places make up a group (places.h): asked for row by row, and stack by stack.
 */
#ifndef SEEP_ANALYSIS_MEMBERS_H
#define SEEP_ANALYSIS_MEMBERS_H

#include "analysis/places.h"

struct members {
  uint32_t *list; /* places, by group */
  size_t *first;  /* per group, and one more: where its places begin */
};

/* After the last place was made. false: no memory. */
bool members_init(struct members *members, const struct places *places);
void members_release(struct members *members);

/* The places of a group; *count of them. */
const uint32_t *members_of(const struct members *members, uint32_t group, size_t *count);

#endif

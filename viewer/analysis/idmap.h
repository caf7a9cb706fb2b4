/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash table from 64-bit keys to numbers that are not 0.
 */
#ifndef SEEP_ANALYSIS_IDMAP_H
#define SEEP_ANALYSIS_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap_entry {
  uint64_t key;
  uint32_t value; /* 0: the entry is empty */
};

struct idmap {
  struct idmap_entry *entries;
  size_t size, count; /* size: a power of two, or 0 */
};

void idmap_init(struct idmap *map);
void idmap_release(struct idmap *map);

/* The value of key; 0: there is none. */
uint32_t idmap_get(const struct idmap *map, uint64_t key);

/* Adds a key that the map does not have. false: no memory. */
bool idmap_add(struct idmap *map, uint64_t key, uint32_t value);

#endif

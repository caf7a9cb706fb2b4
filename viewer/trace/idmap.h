/* SPDX-License-Identifier: Apache-2.0
 *
 * From the recorder's numbers (of modules, threads), which need not be dense, to indexes 1, 2, ...
 */
#ifndef SEEP_TRACE_IDMAP_H
#define SEEP_TRACE_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap {
  uint64_t *keys; /* by index; number 0 is not used */
  size_t count;   /* indexes given out are 1 .. count */
  uint32_t *slots;
  size_t room; /* slots: a power of two, or 0 */
};

/* The index of key, 0 where it has none. */
uint32_t idmap_find(const struct idmap *map, uint64_t key);
/* The index of key, a new one where it has none; 0: no memory. */
uint32_t idmap_intern(struct idmap *map, uint64_t key);

/* Renumbers by ascending key, and moves the items (1 .. count of item_bytes each, at items)
 * likewise. false: no memory, and nothing was changed. */
bool idmap_order(struct idmap *map, void *items, size_t item_bytes);

void idmap_free(struct idmap *map);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash table from 64-bit keys to numbers that are not 0.
 */
#ifndef SEEP_ANALYSIS_KEYMAP_H
#define SEEP_ANALYSIS_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keymap_entry {
  uint64_t key;
  uint32_t value; /* 0: the entry is empty */
};

struct keymap {
  struct keymap_entry *entries;
  size_t size, count; /* size: a power of two, or 0 */
};

void keymap_init(struct keymap *map);
void keymap_release(struct keymap *map);

/* The value of key; 0: there is none. */
uint32_t keymap_get(const struct keymap *map, uint64_t key);

/* Where the value of key stands until a key is added: it may be changed, not to 0. NULL: none. */
uint32_t *keymap_find(const struct keymap *map, uint64_t key);

/* Asks for the memory that keymap_get will touch. */
void keymap_prefetch(const struct keymap *map, uint64_t key);

/* Adds a key that the map does not have. false: no memory. */
bool keymap_add(struct keymap *map, uint64_t key, uint32_t value);

#endif

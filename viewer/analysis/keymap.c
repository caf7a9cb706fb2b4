/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/keymap.h"
#include <stdlib.h>

void keymap_init(struct keymap *map) {
  *map = (struct keymap){0};
}

void keymap_release(struct keymap *map) {
  free(map->entries);
  *map = (struct keymap){0};
}

static size_t keymap_hash(uint64_t key) {
  key *= 0x9e3779b97f4a7c15ull;
  return (size_t)(key ^ key >> 32);
}

static struct keymap_entry *keymap_probe(const struct keymap *map, uint64_t key) {
  size_t slot = keymap_hash(key) & (map->size - 1);
  while (map->entries[slot].value && map->entries[slot].key != key)
    slot = (slot + 1) & (map->size - 1);
  return &map->entries[slot];
}

uint32_t keymap_get(const struct keymap *map, uint64_t key) {
  return map->size ? keymap_probe(map, key)->value : 0;
}

uint32_t *keymap_find(const struct keymap *map, uint64_t key) {
  struct keymap_entry *entry = map->size ? keymap_probe(map, key) : NULL;
  return entry && entry->value ? &entry->value : NULL;
}

void keymap_prefetch(const struct keymap *map, uint64_t key) {
  if (map->size)
    __builtin_prefetch(&map->entries[keymap_hash(key) & (map->size - 1)]);
}

static bool keymap_grow(struct keymap *map) {
  struct keymap grown = {.size = map->size ? map->size * 2 : 64, .count = map->count};
  grown.entries = calloc(grown.size, sizeof *grown.entries);
  if (!grown.entries)
    return false;
  for (size_t i = 0; i < map->size; i++)
    if (map->entries[i].value)
      *keymap_probe(&grown, map->entries[i].key) = map->entries[i];
  free(map->entries);
  *map = grown;
  return true;
}

bool keymap_add(struct keymap *map, uint64_t key, uint32_t value) {
  if (map->count * 3 >= map->size * 2 && !keymap_grow(map))
    return false;
  *keymap_probe(map, key) = (struct keymap_entry){key, value};
  map->count++;
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/idmap.h"
#include <stdlib.h>

void idmap_init(struct idmap *map) {
  *map = (struct idmap){0};
}

void idmap_release(struct idmap *map) {
  free(map->entries);
  *map = (struct idmap){0};
}

static size_t idmap_hash(uint64_t key) {
  key *= 0x9e3779b97f4a7c15ull;
  return (size_t)(key ^ key >> 32);
}

static struct idmap_entry *idmap_probe(const struct idmap *map, uint64_t key) {
  size_t slot = idmap_hash(key) & (map->size - 1);
  while (map->entries[slot].value && map->entries[slot].key != key)
    slot = (slot + 1) & (map->size - 1);
  return &map->entries[slot];
}

uint32_t idmap_get(const struct idmap *map, uint64_t key) {
  return map->size ? idmap_probe(map, key)->value : 0;
}

static bool idmap_grow(struct idmap *map) {
  struct idmap grown = {.size = map->size ? map->size * 2 : 64, .count = map->count};
  grown.entries = calloc(grown.size, sizeof *grown.entries);
  if (!grown.entries)
    return false;
  for (size_t i = 0; i < map->size; i++)
    if (map->entries[i].value)
      *idmap_probe(&grown, map->entries[i].key) = map->entries[i];
  free(map->entries);
  *map = grown;
  return true;
}

bool idmap_add(struct idmap *map, uint64_t key, uint32_t value) {
  if (map->count * 3 >= map->size * 2 && !idmap_grow(map))
    return false;
  *idmap_probe(map, key) = (struct idmap_entry){key, value};
  map->count++;
  return true;
}

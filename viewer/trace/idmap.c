/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/idmap.h"
#include "trace/array.h"

#include <stdlib.h>
#include <string.h>

/* The slot of key, or the empty one where it belongs. */
static size_t idmap_slot(const struct idmap *map, uint64_t key) {
  uint64_t hash = key * 0x9e3779b97f4a7c15ull;
  size_t at = (size_t)(hash >> 32) & (map->room - 1);
  while (map->slots[at] && map->keys[map->slots[at]] != key)
    at = (at + 1) & (map->room - 1);
  return at;
}

uint32_t idmap_find(const struct idmap *map, uint64_t key) {
  return map->room ? map->slots[idmap_slot(map, key)] : 0;
}

static bool idmap_rehash(struct idmap *map, size_t room) {
  uint32_t *slots = calloc(room, sizeof *slots);
  if (!slots)
    return false;
  free(map->slots);
  map->slots = slots;
  map->room = room;
  for (size_t i = 1; i <= map->count; i++)
    slots[idmap_slot(map, map->keys[i])] = (uint32_t)i;
  return true;
}

uint32_t idmap_intern(struct idmap *map, uint64_t key) {
  uint32_t found = idmap_find(map, key);
  if (found)
    return found;
  if (map->count >= UINT32_MAX / 2 || !array_room(&map->keys, map->count + 1, sizeof *map->keys))
    return 0;
  if ((map->count + 1) * 2 > map->room && !idmap_rehash(map, map->room ? map->room * 2 : 32))
    return 0;
  map->keys[map->count + 1] = key;
  map->slots[idmap_slot(map, key)] = (uint32_t)++map->count;
  return (uint32_t)map->count;
}

/* ---- Order ------------------------------------------------------------------------------------*/

struct idmap_rank {
  uint64_t key;
  size_t index;
};

static int idmap_compare(const void *left, const void *right) {
  const struct idmap_rank *a = left, *b = right;
  return a->key < b->key ? -1 : a->key > b->key;
}

static bool idmap_ordered(const struct idmap *map) {
  for (size_t i = 2; i <= map->count; i++)
    if (map->keys[i - 1] > map->keys[i])
      return false;
  return true;
}

static void idmap_permute(struct idmap *map, struct idmap_rank *ranks, char *items,
                          char *items_copy, size_t item_bytes) {
  for (size_t i = 0; i < map->count; i++)
    ranks[i] = (struct idmap_rank){map->keys[i + 1], i + 1};
  qsort(ranks, map->count, sizeof *ranks, idmap_compare);
  memcpy(items_copy, items, (map->count + 1) * item_bytes);
  for (size_t i = 0; i < map->count; i++) {
    map->keys[i + 1] = ranks[i].key;
    memcpy(items + (i + 1) * item_bytes, items_copy + ranks[i].index * item_bytes, item_bytes);
  }
}

bool idmap_order(struct idmap *map, void *items, size_t item_bytes) {
  if (idmap_ordered(map))
    return true;
  struct idmap_rank *ranks = malloc(map->count * sizeof *ranks);
  char *copy = malloc((map->count + 1) * item_bytes);
  uint32_t *slots = calloc(map->room, sizeof *slots);
  bool ready = ranks && copy && slots;
  if (ready) {
    idmap_permute(map, ranks, items, copy, item_bytes);
    free(map->slots);
    map->slots = slots;
    for (size_t i = 1; i <= map->count; i++)
      slots[idmap_slot(map, map->keys[i])] = (uint32_t)i;
  } else {
    free(slots);
  }
  free(ranks);
  free(copy);
  return ready;
}

void idmap_free(struct idmap *map) {
  free(map->keys);
  free(map->slots);
  *map = (struct idmap){0};
}

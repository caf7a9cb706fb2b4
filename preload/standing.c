/* SPDX-License-Identifier: Apache-2.0 */
#include "standing.h"
#include "arena.h"

#include <string.h>

#define BUCKET 8
#define OVERFLOWN 0xffffu /* in a bucket's last place */

static uint16_t *places; /* 0: empty */
static size_t place_bytes;
static size_t bucket_count;

bool standing_start(size_t bytes) {
  if (places && bytes != place_bytes) { /* of a recording with another limit, which has ended */
    arena_unmap(places, place_bytes);
    places = NULL;
  }
  place_bytes = bytes;
  if (places)
    memset(places, 0, bucket_count * BUCKET * sizeof *places);
  else
    places = arena_map(bytes);
  bucket_count = bytes / (BUCKET * sizeof *places);
  return places;
}

static uint64_t mix(uint64_t address) {
  uint64_t mixed = (address ^ address >> 25) * 0xbf58476d1ce4e5b9ull;
  return mixed ^ mixed >> 31;
}

static uint16_t *bucket_of(uint64_t mixed) {
  return places + (mixed & (bucket_count - 1)) * BUCKET;
}

/* Never 0 nor OVERFLOWN. */
static uint16_t mark_of(uint64_t mixed) {
  return (uint16_t)(1 + (mixed >> 40) % (OVERFLOWN - 1));
}

static bool replace(uint16_t *place, uint16_t from, uint16_t to) {
  return __atomic_load_n(place, __ATOMIC_RELAXED) == from &&
         __atomic_compare_exchange_n(place, &from, to, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

void standing_put(uint64_t address) {
  uint64_t mixed = mix(address);
  uint16_t *bucket = bucket_of(mixed);
  for (int i = 0; i < BUCKET; i++)
    if (replace(&bucket[i], 0, mark_of(mixed)))
      return;
  __atomic_store_n(&bucket[BUCKET - 1], OVERFLOWN, __ATOMIC_RELAXED);
}

bool standing_take(uint64_t address) {
  uint64_t mixed = mix(address);
  uint16_t *bucket = bucket_of(mixed);
  for (int i = 0; i < BUCKET; i++)
    if (replace(&bucket[i], mark_of(mixed), 0))
      return true;
  return __atomic_load_n(&bucket[BUCKET - 1], __ATOMIC_RELAXED) == OVERFLOWN;
}

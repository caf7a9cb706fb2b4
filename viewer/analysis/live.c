/* SPDX-License-Identifier: Apache-2.0
 *
 * Open addressing with linear probing. Capacities are not powers of two (they grow by half, to keep
 * at most 4/5 full, the large ones by an eighth, to keep 7/8: there memory counts for more than the
 * longer probes and the copying), so a place comes from a multiplication instead of a mask, and a
 * shard that grows is read and written from front to back. Shards begin with different capacities:
 * they are all about as full, and would else grow all at once. Removal shifts followers back: no
 * tombstones, probes stay short after any number of frees.
 */
#include "analysis/live.h"
#include <seep/format.h>
#include <string.h>
#include <sys/mman.h>

#define SHARD_FIRST_CAPACITY 256u /* and up to an eighth more */
#define SHARD_LARGE 100000u       /* about five million blocks in all shards */
#define SIZE_SHIFT SEEP_KIND_SHIFT
#define CONTESTED (1ull << 63)

static uint64_t live_hash(uint64_t address) {
  address ^= address >> 23; /* addresses of one size class differ in few, high bits */
  return address * 0x9e3779b97f4a7c15ull;
}

static unsigned live_shard_of(uint64_t hash) {
  return (unsigned)(hash >> 58);
}

static uint32_t live_home(const struct live_shard *shard, uint64_t hash) {
  return (uint32_t)(((hash >> 26 & 0xffffffffu) * shard->capacity) >> 32);
}

static uint32_t live_next(const struct live_shard *shard, uint32_t slot) {
  return slot + 1 == shard->capacity ? 0 : slot + 1;
}

static uint64_t live_address(const struct live_entry *entry) {
  return entry->key & SEEP_ADDRESS_MASK;
}

static struct live_block live_unpack(const struct live_entry *entry) {
  uint64_t high = entry->key >> SIZE_SHIFT & 0x7fff;
  return (struct live_block){.address = live_address(entry),
                             .size = high << 32 | entry->size,
                             .stamp = entry->stamp,
                             .place = entry->place,
                             .contested = entry->key & CONTESTED};
}

static struct live_entry live_pack(const struct live_block *block) {
  uint64_t high = block->size >> 32 & 0x7fff;
  return (struct live_entry){.key = (block->address & SEEP_ADDRESS_MASK) | high << SIZE_SHIFT |
                                    (block->contested ? CONTESTED : 0),
                             .stamp = block->stamp,
                             .size = (uint32_t)block->size,
                             .place = block->place};
}

/* The entry of address, or the empty one where it would stand. */
static uint32_t live_probe(const struct live_shard *shard, uint64_t hash, uint64_t address) {
  uint32_t slot = live_home(shard, hash);
  while (shard->entries[slot].place && live_address(&shard->entries[slot]) != address)
    slot = live_next(shard, slot);
  return slot;
}

void live_init(struct live *live) {
  memset(live, 0, sizeof *live);
}

/* Entries, all empty; NULL: no memory. Not malloc's: it keeps what tables that grow leave behind,
 * half as much again as they take. Each page will be written: they come at once, not by a fault
 * each and another for the first write. */
static struct live_entry *live_map(uint32_t capacity) {
  void *entries = mmap(NULL, capacity * sizeof(struct live_entry), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  return entries == MAP_FAILED ? NULL : entries;
}

static void live_shard_release(struct live_shard *shard) {
  if (shard->entries)
    munmap(shard->entries, shard->capacity * sizeof *shard->entries);
  *shard = (struct live_shard){0};
}

void live_release(struct live *live) {
  for (unsigned i = 0; i < LIVE_SHARDS; i++)
    live_shard_release(&live->shards[i]);
}

size_t live_count(const struct live *live) {
  size_t count = 0;
  for (unsigned i = 0; i < LIVE_SHARDS; i++)
    count += live->shards[i].count;
  return count;
}

void live_prefetch(const struct live *live, uint64_t address) {
  uint64_t hash = live_hash(address);
  const struct live_shard *shard = &live->shards[live_shard_of(hash)];
  if (!shard->entries)
    return;
  __builtin_prefetch(shard->entries + live_home(shard, hash), 1);
}

/* first: the capacity to begin with. */
static bool live_shard_grow(struct live_shard *shard, uint32_t first) {
  if (shard->capacity > UINT32_MAX / 2)
    return false;
  uint32_t more = shard->capacity / (shard->capacity < SHARD_LARGE ? 2 : 8);
  uint32_t capacity = shard->capacity ? shard->capacity + more : first;
  struct live_shard grown = {.capacity = capacity, .count = shard->count};
  grown.entries = live_map(grown.capacity);
  if (!grown.entries)
    return false;
  for (uint32_t i = 0; i < shard->capacity; i++) {
    const struct live_entry *entry = &shard->entries[i];
    uint64_t address = live_address(entry);
    if (entry->place)
      grown.entries[live_probe(&grown, live_hash(address), address)] = *entry;
  }
  live_shard_release(shard);
  *shard = grown;
  return true;
}

static bool live_shard_has_room(const struct live_shard *shard) {
  uint32_t capacity = shard->capacity;
  return shard->count < (capacity < SHARD_LARGE ? capacity / 5 * 4 : capacity / 8 * 7);
}

enum live_put live_put(struct live *live, const struct live_block *block,
                       struct live_block *older) {
  uint64_t address = block->address & SEEP_ADDRESS_MASK, hash = live_hash(address);
  unsigned number = live_shard_of(hash);
  struct live_shard *shard = &live->shards[number];
  uint32_t first = SHARD_FIRST_CAPACITY + SHARD_FIRST_CAPACITY / 8 * number / LIVE_SHARDS;
  if (!live_shard_has_room(shard) && !live_shard_grow(shard, first))
    return LIVE_MEMORY;
  struct live_entry *entry = &shard->entries[live_probe(shard, hash, address)];
  struct live_block put = *block;
  bool taken = entry->place != 0;
  if (taken)
    *older = live_unpack(entry);
  put.contested = block->contested || taken;
  shard->count += !taken;
  *entry = live_pack(&put);
  return taken ? LIVE_REPLACED : LIVE_NEW;
}

/* Empties slot and moves every follower back that may stand there. */
static void live_remove(struct live_shard *shard, uint32_t slot) {
  for (uint32_t i = live_next(shard, slot); shard->entries[i].place; i = live_next(shard, i)) {
    uint32_t home = live_home(shard, live_hash(live_address(&shard->entries[i])));
    bool stays = slot < i ? home > slot && home <= i : home > slot || home <= i;
    if (stays)
      continue;
    shard->entries[slot] = shard->entries[i];
    slot = i;
  }
  shard->entries[slot].place = 0;
  shard->count--;
}

static struct live_entry *live_entry_at(const struct live *live, uint64_t address) {
  uint64_t hash = live_hash(address);
  const struct live_shard *shard = &live->shards[live_shard_of(hash)];
  if (!shard->count)
    return NULL;
  struct live_entry *entry = &shard->entries[live_probe(shard, hash, address)];
  return entry->place ? entry : NULL;
}

bool live_find(const struct live *live, uint64_t address, struct live_block *block) {
  const struct live_entry *entry = live_entry_at(live, address & SEEP_ADDRESS_MASK);
  if (!entry)
    return false;
  *block = live_unpack(entry);
  return true;
}

bool live_take(struct live *live, uint64_t address, struct live_block *block) {
  address &= SEEP_ADDRESS_MASK;
  struct live_entry *entry = live_entry_at(live, address);
  if (!entry)
    return false;
  *block = live_unpack(entry);
  struct live_shard *shard = &live->shards[live_shard_of(live_hash(address))];
  live_remove(shard, (uint32_t)(entry - shard->entries));
  return true;
}

void live_visit_shard(const struct live *live, unsigned index,
                      void (*visit)(void *data, const struct live_block *block), void *data) {
  const struct live_shard *shard = &live->shards[index];
  for (uint32_t i = 0; i < shard->capacity; i++) {
    if (!shard->entries[i].place)
      continue;
    struct live_block block = live_unpack(&shard->entries[i]);
    visit(data, &block);
  }
}

void live_drain_shard(struct live *live, unsigned index,
                      void (*visit)(void *data, const struct live_block *block), void *data) {
  live_visit_shard(live, index, visit, data);
  live_shard_release(&live->shards[index]);
}

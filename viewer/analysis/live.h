/* SPDX-License-Identifier: Apache-2.0
 *
 * The live set: the blocks that stand at one moment of a replay, by address. Made for tens of
 * millions of blocks: 24 bytes an entry, entries in shards that grow one at a time, so that growth
 * never needs a second copy of the whole.
 */
#ifndef SEEP_ANALYSIS_LIVE_H
#define SEEP_ANALYSIS_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIVE_SIZE_MAX ((1ull << 47) - 1) /* larger blocks do not exist */

struct live_block {
  uint64_t address, size, stamp;
  uint32_t place;      /* never 0, see places.h */
  uint8_t share_shift; /* it stands for 2^share_shift; not kept here, see ledger.h */
  bool contested;      /* it took the place of a block that had not been seen freed */
};

#define LIVE_SHARDS 64

struct live_entry {
  uint64_t key; /* bits 0-47 address, 48-62 bits 32-46 of the size, 63 contested */
  uint64_t stamp;
  uint32_t size;
  uint32_t place; /* 0: the entry is empty */
};
_Static_assert(sizeof(struct live_entry) == 24, "twenty million of them must fit");

struct live_shard {
  struct live_entry *entries;
  uint32_t capacity, count;
};

struct live {
  struct live_shard shards[LIVE_SHARDS];
};

void live_init(struct live *live);
void live_release(struct live *live);

/* The blocks that stand. */
size_t live_count(const struct live *live);

/* Asks for the memory that a put or take of address will touch. */
void live_prefetch(const struct live *live, uint64_t address);

enum live_put {
  LIVE_NEW,
  LIVE_REPLACED, /* *older is the block that stood at the address */
  LIVE_MEMORY,   /* nothing was put */
};

/* Puts block; size is at most LIVE_SIZE_MAX. A block that replaces another becomes contested. */
enum live_put live_put(struct live *live, const struct live_block *block, struct live_block *older);

/* The block at address, or false. live_take removes it. */
bool live_find(const struct live *live, uint64_t address, struct live_block *block);
bool live_take(struct live *live, uint64_t address, struct live_block *block);

/* Tells every block of one shard; draining then gives the shard's memory back. */
void live_visit_shard(const struct live *live, unsigned shard,
                      void (*visit)(void *data, const struct live_block *block), void *data);
void live_drain_shard(struct live *live, unsigned shard,
                      void (*visit)(void *data, const struct live_block *block), void *data);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "members.h"
#include "arena.h"
#include "clock.h"
#include "sys.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <time.h>

#define SHARDS 64
#define LOCK_SPINS 100 /* longer than it is held, unless its holder was interrupted */
#define PATIENCE_NS 1000000000u
#define SEGMENT_BITS 6 /* the first segment has 2^6 members, each further one twice as many */
#define SEGMENTS 22
#define AT_ONCE 64 /* members that are looked at under the lock */
#define NOBODY 0u  /* the pool of pools; no member's index */

/* A block, or a pool: a pool is a member of nobody, and head of the ring of its blocks. Buckets of
 * the table over them stand in the same array, one per member ever used, and grow one by one
 * (linear hashing), so that no call has to move them all. */
struct member {
  uintptr_t address; /* of a pool: its number */
  size_t size;       /* of a pool: how many blocks are out */
  uint32_t pool;     /* index; of a pool: NOBODY */
  uint32_t flags;    /* of a pool */
  uint32_t next, previous;
  uint32_t chain;  /* the next in the same bucket; of an unused one: the next unused one */
  uint32_t bucket; /* the first in the bucket with this member's index */
};

enum lock { LOCK_FREE, LOCK_HELD, LOCK_AWAITED };

struct shard {
  _Atomic uint32_t lock;
  _Atomic bool given_up; /* its holder has not come back, and will not */
  uint32_t used;         /* members 1 … used have been in use; there are as many buckets */
  uint32_t unused;       /* first of those that are free again */
  struct member *segments[SEGMENTS];
};

static struct shard shards[SHARDS];

/* ---- the array ---------------------------------------------------------------------------- */

static unsigned segment_of(uint32_t index) {
  return 31 - (unsigned)__builtin_clz((index >> SEGMENT_BITS) + 1);
}

/* How many members stand in the segments before. */
static uint32_t segment_start(unsigned segment) {
  return ((1u << segment) - 1) << SEGMENT_BITS;
}

static struct member *at(const struct shard *shard, uint32_t index) {
  unsigned segment = segment_of(index);
  return &shard->segments[segment][index - segment_start(segment)];
}

static bool make_segment(struct shard *shard, unsigned segment) {
  if (segment >= SEGMENTS)
    return false;
  if (!shard->segments[segment])
    shard->segments[segment] = arena_map(sizeof(struct member) << (SEGMENT_BITS + segment));
  return shard->segments[segment];
}

/* ---- the table ---------------------------------------------------------------------------- */

static uint64_t mix(uintptr_t address, uint32_t pool) {
  uint64_t hash = (address ^ (uint64_t)pool << 48) * 0x9e3779b97f4a7c15ull;
  return hash ^ hash >> 29;
}

/* Of used buckets, which are 1 … used: half of the largest power of two not above it have been
 * split as far as used has come. */
static uint32_t bucket_of(uint64_t hash, uint32_t used) {
  uint32_t whole = 1u << (31 - (unsigned)__builtin_clz(used));
  uint32_t bucket = (uint32_t)hash & (2 * whole - 1);
  return (bucket < used ? bucket : bucket & (whole - 1)) + 1;
}

static uint32_t *bucket_for(const struct shard *shard, uintptr_t address, uint32_t pool) {
  return &at(shard, bucket_of(mix(address, pool), shard->used))->bucket;
}

/* Index, or 0. */
static uint32_t find(const struct shard *shard, uint32_t pool, uintptr_t address) {
  if (!shard->used)
    return 0;
  uint32_t index = *bucket_for(shard, address, pool);
  while (index) {
    const struct member *member = at(shard, index);
    if (member->address == address && member->pool == pool)
      return index;
    index = member->chain;
  }
  return 0;
}

static void chain_in(struct shard *shard, uint32_t index) {
  struct member *member = at(shard, index);
  uint32_t *first = bucket_for(shard, member->address, member->pool);
  member->chain = *first;
  *first = index;
}

static void chain_out(struct shard *shard, uint32_t index) {
  struct member *member = at(shard, index);
  uint32_t *link = bucket_for(shard, member->address, member->pool);
  while (*link != index)
    link = &at(shard, *link)->chain;
  *link = member->chain;
}

/* One bucket more: what stood in the one that it shared goes to where it belongs now. */
static void split(struct shard *shard) {
  uint32_t added = ++shard->used;
  at(shard, added)->bucket = 0;
  if (added == 1)
    return;
  uint32_t whole = 1u << (31 - (unsigned)__builtin_clz(added - 1));
  uint32_t *shared = &at(shard, ((added - 1) & (whole - 1)) + 1)->bucket;
  uint32_t index = *shared;
  *shared = 0;
  while (index) {
    uint32_t next = at(shard, index)->chain;
    chain_in(shard, index);
    index = next;
  }
}

/* ---- members ------------------------------------------------------------------------------ */

static uint32_t take_unused(struct shard *shard) {
  uint32_t index = shard->unused;
  if (index) {
    shard->unused = at(shard, index)->chain;
    return index;
  }
  if (!make_segment(shard, segment_of(shard->used + 1)))
    return 0;
  split(shard);
  return shard->used;
}

static uint32_t enter(struct shard *shard, uint32_t pool, uintptr_t address) {
  uint32_t index = take_unused(shard);
  if (!index)
    return 0;
  struct member *member = at(shard, index);
  member->address = address;
  member->size = 0;
  member->flags = 0;
  member->pool = pool;
  member->next = member->previous = index;
  chain_in(shard, index);
  return index;
}

static void leave(struct shard *shard, uint32_t index) {
  struct member *member = at(shard, index);
  chain_out(shard, index);
  at(shard, member->next)->previous = member->previous;
  at(shard, member->previous)->next = member->next;
  member->chain = shard->unused;
  shard->unused = index;
}

/* Puts index behind the last of the pool's ring. */
static void ring_append(struct shard *shard, uint32_t pool, uint32_t index) {
  struct member *head = at(shard, pool), *member = at(shard, index);
  member->next = pool;
  member->previous = head->previous;
  at(shard, head->previous)->next = index;
  head->previous = index;
}

static void ring_rotate(struct shard *shard, uint32_t pool) {
  uint32_t first = at(shard, pool)->next;
  struct member *member = at(shard, first);
  at(shard, member->next)->previous = pool;
  at(shard, pool)->next = member->next;
  ring_append(shard, pool, first);
}

static uint32_t find_pool(const struct shard *shard, uintptr_t number) {
  return find(shard, NOBODY, number);
}

static uint32_t find_or_enter_pool(struct shard *shard, uintptr_t number) {
  uint32_t pool = find_pool(shard, number);
  return pool ? pool : enter(shard, NOBODY, number);
}

static void take_out(struct shard *shard, uint32_t pool, uint32_t index,
                     struct members_block *found) {
  const struct member *member = at(shard, index);
  *found = (struct members_block){member->address, member->size, at(shard, pool)->flags};
  leave(shard, index);
  at(shard, pool)->size--;
}

/* ---- under the lock ----------------------------------------------------------------------- */

/* The holder was interrupted: it needs the processor that we have. */
static bool lock_patiently(struct shard *shard) {
  const struct timespec a_while = {.tv_nsec = PATIENCE_NS / 10};
  uint64_t end = clock_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
  do {
    if (atomic_exchange_explicit(&shard->lock, LOCK_AWAITED, memory_order_acquire) == LOCK_FREE)
      return true;
    sys_call4(SYS_futex, &shard->lock, FUTEX_WAIT_PRIVATE, LOCK_AWAITED, &a_while);
  } while (clock_ns(CLOCK_MONOTONIC) < end);
  atomic_store(&shard->given_up, true);
  return false;
}

static struct shard *lock(uintptr_t pool) {
  struct shard *shard = &shards[mix(pool >> 4, NOBODY) >> 32 & (SHARDS - 1)];
  if (atomic_load_explicit(&shard->given_up, memory_order_relaxed))
    return NULL;
  for (int spins = 0; spins < LOCK_SPINS; spins++) {
    uint32_t expected = LOCK_FREE;
    if (atomic_compare_exchange_weak_explicit(&shard->lock, &expected, LOCK_HELD,
                                              memory_order_acquire, memory_order_relaxed))
      return shard;
    __builtin_ia32_pause();
  }
  return lock_patiently(shard) ? shard : NULL;
}

static void unlock(struct shard *shard) {
  if (atomic_exchange_explicit(&shard->lock, LOCK_FREE, memory_order_release) == LOCK_AWAITED)
    sys_call3(SYS_futex, &shard->lock, FUTEX_WAKE_PRIVATE, 1);
}

enum members_result members_end(uintptr_t number, uint32_t *flags) {
  struct shard *shard = lock(number);
  *flags = 0;
  if (!shard)
    return MEMBERS_BUSY;
  uint32_t pool = find_pool(shard, number);
  struct members_block none;
  if (pool)
    *flags = at(shard, pool)->flags;
  while (pool && at(shard, pool)->next != pool)
    take_out(shard, pool, at(shard, pool)->next, &none);
  if (pool)
    leave(shard, pool);
  unlock(shard);
  return pool ? MEMBERS_DONE : MEMBERS_NONE;
}

enum members_result members_begin(uintptr_t number, uint32_t flags) {
  struct shard *shard = lock(number);
  if (!shard)
    return MEMBERS_BUSY;
  uint32_t pool = find_or_enter_pool(shard, number);
  if (pool)
    at(shard, pool)->flags = flags;
  unlock(shard);
  return pool ? MEMBERS_DONE : MEMBERS_BUSY;
}

static enum members_result add(struct shard *shard, uintptr_t number, struct members_block *block,
                               bool *was) {
  uint32_t pool = find_or_enter_pool(shard, number);
  uint32_t index = pool ? find(shard, pool, block->address) : 0;
  *was = index;
  if (pool && !index && (index = enter(shard, pool, block->address))) {
    ring_append(shard, pool, index);
    at(shard, pool)->size++;
  }
  if (!index)
    return MEMBERS_BUSY;
  at(shard, index)->size = block->size;
  block->flags = at(shard, pool)->flags;
  return MEMBERS_DONE;
}

enum members_result members_add(uintptr_t pool, struct members_block *block, bool *was) {
  struct shard *shard = lock(pool);
  *was = false;
  if (!shard)
    return MEMBERS_BUSY;
  enum members_result result = add(shard, pool, block, was);
  unlock(shard);
  return result;
}

enum members_result members_remove(uintptr_t number, uintptr_t address,
                                   struct members_block *found) {
  struct shard *shard = lock(number);
  if (!shard)
    return MEMBERS_BUSY;
  uint32_t pool = find_pool(shard, number);
  uint32_t index = pool ? find(shard, pool, address) : 0;
  if (index)
    take_out(shard, pool, index, found);
  unlock(shard);
  return index ? MEMBERS_DONE : MEMBERS_NONE;
}

/* A block of no bytes counts as one. */
static bool matches(const struct members_range *range, const struct member *member) {
  size_t size = member->size ? member->size : 1, offset = member->address - range->from;
  bool begins_inside = offset < range->size;
  if (range->outside)
    return !begins_inside || size > range->size - offset;
  return begins_inside || range->from - member->address < size;
}

static enum members_result take(struct shard *shard, uint32_t pool,
                                const struct members_range *range, struct members_walk *walk,
                                struct members_block *found) {
  if (!walk->left)
    walk->left = (uint32_t)at(shard, pool)->size + 1;
  for (int looks = 0; walk->left > 1; walk->left--, looks++) {
    uint32_t index = at(shard, pool)->next;
    if (index == pool)
      return MEMBERS_NONE;
    if (looks == AT_ONCE)
      return MEMBERS_MORE;
    if (matches(range, at(shard, index))) {
      walk->left--;
      take_out(shard, pool, index, found);
      return MEMBERS_DONE;
    }
    ring_rotate(shard, pool);
  }
  return MEMBERS_NONE;
}

enum members_result members_take(uintptr_t number, const struct members_range *range,
                                 struct members_walk *walk, struct members_block *found) {
  struct shard *shard = lock(number);
  if (!shard)
    return MEMBERS_BUSY;
  uint32_t pool = find_pool(shard, number);
  enum members_result result = pool ? take(shard, pool, range, walk, found) : MEMBERS_NONE;
  unlock(shard);
  return result;
}

void members_forget(void) {
  for (struct shard *shard = shards; shard < shards + SHARDS; shard++) {
    if (atomic_load(&shard->lock) != LOCK_FREE)
      shard->used = shard->unused = 0;
    atomic_store(&shard->lock, LOCK_FREE);
    atomic_store(&shard->given_up, false);
  }
}

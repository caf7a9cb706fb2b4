/* SPDX-License-Identifier: Apache-2.0
 *
 * The blocks' addresses lie inside blocks that were recorded already, often at their very start: so
 * that the two are told apart, they are recorded with a bit that no address of a program has
 * (SEEP_ADDRESS_OWN). A pool that is emptied is told as the free of each block that is out of it,
 * so that whoever reads the trace needs to know nothing of pools.
 */
#include "pools.h"
#include "members.h"
#include "record.h"

#include <seep/seep.h>
#include <stdatomic.h>

/* Whether loose blocks have to be known, because a pool takes them along. */
static _Atomic bool loose_wanted;

static const void *own(uintptr_t address) {
  return (const void *)(address | SEEP_ADDRESS_OWN);
}

static bool is_noted(uintptr_t pool) {
  return pool != POOLS_LOOSE || atomic_load_explicit(&loose_wanted, memory_order_relaxed);
}

/* Nothing was changed: the block stays as it is in the trace. */
static void count_unrecorded(struct thread *thread) {
  thread_count(&thread->slot->unrecorded_events);
}

static void record_free(struct thread *thread, const struct capture_place *place,
                        const struct members_block *block, unsigned flags) {
  if (!(block->flags & POOLS_META))
    record_freed_from(thread, own(block->address), flags, place);
}

static void allocated(struct record_allocation *allocation, const struct capture_place *place,
                      uintptr_t pool, struct members_block *block, unsigned flags) {
  bool was = false;
  if (is_noted(pool) && members_add(pool, block, &was) != MEMBERS_DONE) {
    count_unrecorded(allocation->thread);
    return;
  }
  if (block->flags & POOLS_META)
    return;
  if (was) /* its free was not told */
    record_free(allocation->thread, place, block, 0);
  record_allocated(allocation, own(block->address), block->size, SEEP_KIND_ALLOC, flags);
}

static void take(const struct capture_place *place, uintptr_t pool, struct members_block block,
                 unsigned flags) {
  struct record_allocation allocation = {.thread = block.address ? thread_enter() : NULL};
  if (!allocation.thread)
    return;
  record_capture(&allocation, place->pc, place->sp, place->rbp);
  record_guard(allocation.thread);
  if (allocation.recorded)
    allocated(&allocation, place, pool, &block, flags);
  thread_leave(allocation.thread);
}

/* A loose block may be from before the recording. One of a pool is known to be out, or is not
 * recorded at all. */
static enum members_result give(const struct capture_place *place, uintptr_t pool,
                                struct members_block *block, unsigned flags) {
  struct thread *thread = block->address ? thread_enter() : NULL;
  if (!thread)
    return MEMBERS_NONE;
  enum members_result result =
      is_noted(pool) ? members_remove(pool, block->address, block) : MEMBERS_NONE;
  if (result == MEMBERS_DONE || (result == MEMBERS_NONE && pool == POOLS_LOOSE))
    record_free(thread, place, block, flags);
  if (result == MEMBERS_BUSY)
    count_unrecorded(thread);
  thread_leave(thread);
  return result;
}

/* Frees one of the blocks that range names. */
static enum members_result give_any(const struct capture_place *place, uintptr_t pool,
                                    const struct members_range *range, struct members_walk *walk,
                                    struct members_block *block) {
  struct thread *thread = thread_enter();
  if (!thread)
    return MEMBERS_BUSY;
  enum members_result result = members_take(pool, range, walk, block);
  if (result == MEMBERS_DONE)
    record_free(thread, place, block, 0);
  else if (result == MEMBERS_BUSY)
    count_unrecorded(thread);
  thread_leave(thread);
  return result;
}

/* Loose blocks inside of one that went back. */
static void give_inner(const struct capture_place *place, const struct members_block *outer) {
  const struct members_range range = {.from = outer->address, .size = outer->size};
  struct members_walk walk = {0};
  struct members_block inner;
  enum members_result result;
  if (!(outer->flags & POOLS_AUTO_FREE))
    return;
  do
    result = give_any(place, POOLS_LOOSE, &range, &walk, &inner);
  while (result == MEMBERS_DONE || result == MEMBERS_MORE);
}

/* What of the block lies inside of what is kept goes on as a block. */
static void keep_part(const struct capture_place *place, uintptr_t pool,
                      const struct members_range *kept, const struct members_block *block) {
  uintptr_t from = block->address > kept->from ? block->address : kept->from;
  uintptr_t block_end = block->address + block->size, kept_end = kept->from + kept->size;
  uintptr_t end = block_end < kept_end ? block_end : kept_end;
  if (from < end)
    take(place, pool, (struct members_block){.address = from, .size = end - from},
         SEEP_EVENT_REALLOC);
}

static void give_range(const struct capture_place *place, uintptr_t pool,
                       const struct members_range *range) {
  struct members_walk walk = {0};
  struct members_block block;
  enum members_result result;
  do {
    result = give_any(place, pool, range, &walk, &block);
    if (result == MEMBERS_DONE && range->outside)
      keep_part(place, pool, range, &block);
  } while (result == MEMBERS_DONE || result == MEMBERS_MORE);
}

/* Blocks that are still out of a former pool of this number stay in the trace: they leaked. */
void pools_create(uintptr_t pool, uint32_t flags) {
  struct thread *thread = thread_enter();
  uint32_t before;
  if (!thread)
    return;
  if (flags & POOLS_AUTO_FREE)
    atomic_store(&loose_wanted, true);
  if (members_end(pool, &before) == MEMBERS_BUSY || members_begin(pool, flags) == MEMBERS_BUSY)
    count_unrecorded(thread);
  thread_leave(thread);
}

void pools_alloc(const struct capture_place *place, uintptr_t pool, uintptr_t address,
                 size_t size) {
  take(place, pool, (struct members_block){.address = address, .size = size}, 0);
}

void pools_free(const struct capture_place *place, uintptr_t pool, uintptr_t address) {
  struct members_block block = {.address = address};
  if (give(place, pool, &block, 0) == MEMBERS_DONE)
    give_inner(place, &block);
}

void pools_change(const struct capture_place *place, uintptr_t pool, uintptr_t old,
                  uintptr_t address, size_t size) {
  struct members_block block = {.address = old};
  give(place, pool, &block, SEEP_EVENT_REALLOC);
  take(place, pool, (struct members_block){.address = address, .size = size}, SEEP_EVENT_REALLOC);
}

void pools_trim(const struct capture_place *place, uintptr_t pool, uintptr_t from, size_t size) {
  give_range(place, pool, &(struct members_range){.from = from, .size = size, .outside = true});
}

void pools_reset(const struct capture_place *place, uintptr_t pool) {
  give_range(place, pool, &(struct members_range){.size = SIZE_MAX});
}

void pools_destroy(const struct capture_place *place, uintptr_t pool) {
  pools_reset(place, pool);
  struct thread *thread = thread_enter();
  if (!thread)
    return;
  uint32_t flags;
  if (members_end(pool, &flags) == MEMBERS_BUSY)
    count_unrecorded(thread);
  thread_leave(thread);
}

static enum members_result move_one(uintptr_t pool, uintptr_t number, struct members_walk *walk) {
  const struct members_range all = {.size = SIZE_MAX};
  struct members_block block;
  bool was;
  enum members_result result = members_take(pool, &all, walk, &block);
  return result == MEMBERS_DONE ? members_add(number, &block, &was) : result;
}

/* One by one: the two may stand in different shards. */
void pools_move(uintptr_t pool, uintptr_t number) {
  struct members_walk walk = {0};
  enum members_result result = MEMBERS_MORE;
  uint32_t flags = 0;
  struct thread *thread = pool != number ? thread_enter() : NULL;
  if (!thread)
    return;
  while (result == MEMBERS_DONE || result == MEMBERS_MORE)
    result = move_one(pool, number, &walk);
  if (result == MEMBERS_BUSY || members_end(pool, &flags) == MEMBERS_BUSY ||
      members_begin(number, flags) == MEMBERS_BUSY)
    count_unrecorded(thread);
  thread_leave(thread);
}

/* ---- seep/seep.h -------------------------------------------------------------------------- */

#define API __attribute__((visibility("default")))
#define CALLER                                                                                     \
  struct capture_place caller;                                                                     \
  CAPTURE_HERE(caller.pc, caller.sp, caller.rbp)

API void seep_put_alloc(const void *block, size_t size) {
  CALLER;
  pools_alloc(&caller, POOLS_LOOSE, (uintptr_t)block, size);
}

API void seep_put_free(const void *block) {
  CALLER;
  pools_free(&caller, POOLS_LOOSE, (uintptr_t)block);
}

API void seep_put_pool_create(const void *pool) {
  pools_create((uintptr_t)pool, 0);
}

API void seep_put_pool_alloc(const void *pool, const void *block, size_t size) {
  CALLER;
  pools_alloc(&caller, (uintptr_t)pool, (uintptr_t)block, size);
}

API void seep_put_pool_free(const void *pool, const void *block) {
  CALLER;
  pools_free(&caller, (uintptr_t)pool, (uintptr_t)block);
}

API void seep_put_pool_change(const void *pool, const void *old, const void *block, size_t size) {
  CALLER;
  pools_change(&caller, (uintptr_t)pool, (uintptr_t)old, (uintptr_t)block, size);
}

API void seep_put_pool_trim(const void *pool, const void *from, size_t size) {
  CALLER;
  pools_trim(&caller, (uintptr_t)pool, (uintptr_t)from, size);
}

API void seep_put_pool_reset(const void *pool) {
  CALLER;
  pools_reset(&caller, (uintptr_t)pool);
}

API void seep_put_pool_move(const void *pool, const void *to) {
  pools_move((uintptr_t)pool, (uintptr_t)to);
}

API void seep_put_pool_destroy(const void *pool) {
  CALLER;
  pools_destroy(&caller, (uintptr_t)pool);
}

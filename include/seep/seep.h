/* SPDX-License-Identifier: Apache-2.0
 *
 * seep's API for the program that is recorded. All of it does nothing when libseep.so is not
 * preloaded: the functions are weak, link nothing, include this header and call them anywhere.
 * Any thread may call them at any time, not from signal handlers.
 */
#ifndef SEEP_H
#define SEEP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Private: the library's side of the calls below. */
__attribute__((weak)) int seep_put_mark(const char *label, uint64_t units);
__attribute__((weak)) void seep_put_alloc(const void *block, size_t size);
__attribute__((weak)) void seep_put_free(const void *block);
__attribute__((weak)) void seep_put_pool_create(const void *pool);
__attribute__((weak)) void seep_put_pool_alloc(const void *pool, const void *block, size_t size);
__attribute__((weak)) void seep_put_pool_free(const void *pool, const void *block);
__attribute__((weak)) void seep_put_pool_change(const void *pool, const void *old,
                                                const void *block, size_t size);
__attribute__((weak)) void seep_put_pool_trim(const void *pool, const void *from, size_t size);
__attribute__((weak)) void seep_put_pool_reset(const void *pool);
__attribute__((weak)) void seep_put_pool_move(const void *pool, const void *to);
__attribute__((weak)) void seep_put_pool_destroy(const void *pool);

/* Puts a mark into the trace: label names it (UTF-8, cut at 255 bytes), units is the number of
 * units of work (sessions, requests) done since the mark before, 0 if that is not said. Returns 0,
 * or -1 when nothing is recorded. */
static inline int seep_mark(const char *label, uint64_t units) {
  return seep_put_mark ? seep_put_mark(label, units) : -1;
}

/* ---- Memory that the service hands out itself -------------------------------------------------
 *
 * block, of size bytes, was handed out from an arena, a pool or a free list, and its caller is the
 * call site. NULL is nothing. What the allocator itself took by malloc or mmap is recorded as well:
 * the block counts in addition to the memory that it lies in, and reports say how much of what is
 * outstanding is of this kind. */
static inline void seep_alloc(const void *block, size_t size) {
  if (seep_put_alloc)
    seep_put_alloc(block, size);
}

/* block was given back to the allocator; call it before another thread can be handed it. */
static inline void seep_free(const void *block) {
  if (seep_put_free)
    seep_put_free(block);
}

/* The same, of blocks that can also be given back all at once. pool is any address that stands for
 * the pool, mostly that of its own structure. What is said here of a pool is to be said before
 * another thread can be handed the memory, and not by two threads at once of the same block.
 *
 * A pool begins anew: blocks still out of a former pool at this address leaked. May be left out
 * where pools are always destroyed. */
static inline void seep_pool_create(const void *pool) {
  if (seep_put_pool_create)
    seep_put_pool_create(pool);
}

/* pool handed out block. */
static inline void seep_pool_alloc(const void *pool, const void *block, size_t size) {
  if (seep_put_pool_alloc)
    seep_put_pool_alloc(pool, block, size);
}

/* block went back to pool. One that is not out of it is nothing. */
static inline void seep_pool_free(const void *pool, const void *block) {
  if (seep_put_pool_free)
    seep_put_pool_free(pool, block);
}

/* The block at old is one of size bytes at block now; the two may be the same. */
static inline void seep_pool_change(const void *pool, const void *old, const void *block,
                                    size_t size) {
  if (seep_put_pool_change)
    seep_put_pool_change(pool, old, block, size);
}

/* All that is out of pool went back but for what lies in the size bytes from from on. */
static inline void seep_pool_trim(const void *pool, const void *from, size_t size) {
  if (seep_put_pool_trim)
    seep_put_pool_trim(pool, from, size);
}

/* All that is out of pool went back; the pool stays. */
static inline void seep_pool_reset(const void *pool) {
  if (seep_put_pool_reset)
    seep_put_pool_reset(pool);
}

/* The address to is what stands for pool from here on. */
static inline void seep_pool_move(const void *pool, const void *to) {
  if (seep_put_pool_move)
    seep_put_pool_move(pool, to);
}

/* All that is out of pool went back, and the pool is gone. */
static inline void seep_pool_destroy(const void *pool) {
  if (seep_put_pool_destroy)
    seep_put_pool_destroy(pool);
}

#ifdef __cplusplus
}
#endif
#endif

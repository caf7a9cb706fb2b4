/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two preload libraries that we measure against share: each defines shim_allocated and
 * shim_freed and includes this file, which makes the hooks.
 */
#ifndef SEEP_BENCH_SHIM_H
#define SEEP_BENCH_SHIM_H

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline void shim_allocated(void);
static inline void shim_freed(void);

#define SHIM_POOL 65536 /* for dlsym, which allocates before it has found anything */
static char pool[SHIM_POOL] __attribute__((aligned(16)));
static size_t pool_used;

static void *pool_take(size_t bytes) {
  size_t at = pool_used;
  pool_used += (bytes + 15) & ~(size_t)15;
  if (pool_used > SHIM_POOL)
    abort();
  return pool + at;
}

static inline int is_of_pool(const void *block) {
  return (uintptr_t)block - (uintptr_t)pool < SHIM_POOL;
}

static void *(*real_malloc)(size_t), *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t), (*real_free)(void *);
static int (*real_posix_memalign)(void **, size_t, size_t);
static void *(*real_aligned_alloc)(size_t, size_t), *(*real_memalign)(size_t, size_t);

static __attribute__((constructor(101))) void look_up(void) {
  real_calloc = dlsym(RTLD_NEXT, "calloc");
  real_malloc = dlsym(RTLD_NEXT, "malloc");
  real_realloc = dlsym(RTLD_NEXT, "realloc");
  real_posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
  real_aligned_alloc = dlsym(RTLD_NEXT, "aligned_alloc");
  real_memalign = dlsym(RTLD_NEXT, "memalign");
  real_free = dlsym(RTLD_NEXT, "free");
}

/* Calls before our constructor come from constructors of libraries; dlsym's own from the pool. */
static inline int is_ready(void) {
  static int looking;
  if (__builtin_expect(real_free != NULL, 1))
    return 1;
  if (looking)
    return 0;
  looking = 1;
  look_up();
  looking = 0;
  return 1;
}

void *malloc(size_t bytes) {
  if (!is_ready())
    return pool_take(bytes);
  shim_allocated();
  return real_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
  if (!is_ready())
    return pool_take(count * bytes);
  shim_allocated();
  return real_calloc(count, bytes);
}

void *realloc(void *old, size_t bytes) {
  if (is_of_pool(old) || !is_ready())
    abort();
  if (old)
    shim_freed();
  shim_allocated();
  return real_realloc(old, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  if (!is_ready())
    return ENOMEM;
  shim_allocated();
  return real_posix_memalign(block, alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  if (!is_ready())
    return NULL;
  shim_allocated();
  return real_aligned_alloc(alignment, bytes);
}

void *memalign(size_t alignment, size_t bytes);
void *memalign(size_t alignment, size_t bytes) {
  if (!is_ready())
    return NULL;
  shim_allocated();
  return real_memalign(alignment, bytes);
}

void free(void *block) {
  if (!block || is_of_pool(block) || !is_ready())
    return;
  shim_freed();
  real_free(block);
}

#endif

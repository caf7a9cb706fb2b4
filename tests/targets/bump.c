/* SPDX-License-Identifier: Apache-2.0
 *
 * An allocator that may be called anywhere, in signal handlers too: it takes from one reserved
 * range by an atomic addition and never gives anything back. As bump.so it stands behind the
 * recorder, linked into a program (ownmalloc) in its place.
 */
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define BUMP_BYTES (8ull << 30) /* reserved, not used */
#define BUMP_ALIGNMENT 16

static _Atomic(char *) bump_start;
static atomic_size_t bump_used;

static char *bump_range(void) {
  char *start = atomic_load(&bump_start), *none = NULL;
  if (start)
    return start;
  start = mmap(NULL, BUMP_BYTES, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED)
    abort();
  if (atomic_compare_exchange_strong(&bump_start, &none, start))
    return start;
  munmap(start, BUMP_BYTES);
  return none;
}

/* The block's size stands in the 16 bytes in front of it. */
static void *bump_take(size_t alignment, size_t bytes) {
  if (bytes > BUMP_BYTES / 2) {
    errno = ENOMEM;
    return NULL;
  }
  size_t span = (bytes + 2 * BUMP_ALIGNMENT + alignment - 1) & ~(size_t)(BUMP_ALIGNMENT - 1);
  size_t at = atomic_fetch_add(&bump_used, span);
  if (at + span > BUMP_BYTES)
    abort();
  uintptr_t block = (uintptr_t)bump_range() + at + BUMP_ALIGNMENT;
  block = (block + alignment - 1) & ~(uintptr_t)(alignment - 1);
  ((size_t *)block)[-1] = bytes;
  return (void *)block;
}

void *malloc(size_t bytes) {
  return bump_take(BUMP_ALIGNMENT, bytes);
}

void *calloc(size_t count, size_t bytes) {
  size_t all;
  if (__builtin_mul_overflow(count, bytes, &all)) {
    errno = ENOMEM;
    return NULL;
  }
  return bump_take(BUMP_ALIGNMENT, all); /* the range comes zeroed */
}

void *realloc(void *old, size_t bytes) {
  void *block = bump_take(BUMP_ALIGNMENT, bytes);
  if (block && old) {
    size_t had = ((size_t *)old)[-1];
    memcpy(block, old, had < bytes ? had : bytes);
  }
  return block;
}

void free(void *block) {
  (void)block;
}

void *memalign(size_t alignment, size_t bytes) {
  return bump_take(alignment < BUMP_ALIGNMENT ? BUMP_ALIGNMENT : alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  return memalign(alignment, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  *block = memalign(alignment, bytes);
  return *block ? 0 : ENOMEM;
}

size_t malloc_usable_size(void *block) {
  return block ? ((size_t *)block)[-1] : 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * reentrant.so: an allocator without locks, which may be called anywhere, in signal handlers too.
 * Blocks of sizes of powers of two, of each size a stack of free ones; a counter in the upper bits
 * of a stack's head tells a head that came back from one that never went. Free blocks are handed
 * out again at once, last in, first out: addresses have as many lives as they can have.
 */
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SMALLEST 5u /* 2^5 bytes, head included */
#define CLASSES 28u
#define RANGE_BYTES (8ull << 30) /* reserved, not used */
#define HEAD 16u
#define ADDRESS_BITS 48

/* In the 16 bytes in front of a block; a free one's successor stands in its own first bytes. */
struct head {
  uint32_t class, offset; /* of the block from the start of what was taken */
  uint64_t size;
};

static _Atomic(char *) range_start;
static atomic_size_t range_used;
static _Atomic uint64_t tops[CLASSES]; /* counter << 48 | address */

static char *range(void) {
  char *start = atomic_load(&range_start), *none = NULL;
  if (start)
    return start;
  start = mmap(NULL, RANGE_BYTES, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED)
    abort();
  if (atomic_compare_exchange_strong(&range_start, &none, start))
    return start;
  munmap(start, RANGE_BYTES);
  return none;
}

static uint32_t class_for(size_t bytes) {
  uint32_t class = 0;
  while (class < CLASSES && (size_t)1 << (class + SMALLEST) < bytes)
    class ++;
  return class;
}

/* The memory of a free block may be another's by the time that its first word is read: then top has
 * another counter, and what was read is not used. */
static char *pop(uint32_t class) {
  uint64_t top = atomic_load(&tops[class]), next;
  do {
    uint64_t address = top & ((1ull << ADDRESS_BITS) - 1);
    if (!address)
      return NULL;
    uint64_t below = atomic_load((_Atomic uint64_t *)address) & ((1ull << ADDRESS_BITS) - 1);
    next = ((top >> ADDRESS_BITS) + 1) << ADDRESS_BITS | below;
  } while (!atomic_compare_exchange_weak(&tops[class], &top, next));
  return (char *)(top & ((1ull << ADDRESS_BITS) - 1));
}

static void push(uint32_t class, char *taken) {
  uint64_t top = atomic_load(&tops[class]), next;
  do {
    atomic_store((_Atomic uint64_t *)taken, top & ((1ull << ADDRESS_BITS) - 1));
    next = ((top >> ADDRESS_BITS) + 1) << ADDRESS_BITS | (uintptr_t)taken;
  } while (!atomic_compare_exchange_weak(&tops[class], &top, next));
}

static char *take(uint32_t class) {
  if (class >= CLASSES)
    return NULL;
  char *taken = pop(class);
  size_t bytes = (size_t)1 << (class + SMALLEST);
  if (!taken) {
    size_t at = atomic_fetch_add(&range_used, bytes);
    taken = at + bytes <= RANGE_BYTES ? range() + at : NULL;
  }
  return taken;
}

static void *hand_out(size_t alignment, size_t bytes) {
  size_t slack = alignment > HEAD ? alignment : 0;
  uint32_t class = bytes < RANGE_BYTES ? class_for(HEAD + slack + bytes) : CLASSES;
  char *taken = take(class);
  if (!taken) {
    errno = ENOMEM;
    return NULL;
  }
  uintptr_t block = (uintptr_t)taken + HEAD;
  if (slack)
    block = (block + slack - 1) & ~(uintptr_t)(slack - 1);
  ((struct head *)block)[-1] = (struct head){class, (uint32_t)(block - (uintptr_t)taken), bytes};
  return (void *)block;
}

static void take_back(void *block) {
  if (block) {
    struct head head = ((struct head *)block)[-1];
    push(head.class, (char *)block - head.offset);
  }
}

void free(void *block) {
  take_back(block);
}

void *malloc(size_t bytes) {
  return hand_out(HEAD, bytes);
}

void *calloc(size_t count, size_t bytes) {
  size_t all;
  if (__builtin_mul_overflow(count, bytes, &all)) {
    errno = ENOMEM;
    return NULL;
  }
  void *block = hand_out(HEAD, all);
  return block ? memset(block, 0, all) : NULL;
}

void *realloc(void *old, size_t bytes) {
  void *block = hand_out(HEAD, bytes);
  if (block && old) {
    size_t had = ((struct head *)old)[-1].size;
    memcpy(block, old, had < bytes ? had : bytes);
    take_back(old);
  }
  return block;
}

void *memalign(size_t alignment, size_t bytes) {
  return hand_out(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  return hand_out(alignment, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  *block = hand_out(alignment, bytes);
  return *block ? 0 : ENOMEM;
}

size_t malloc_usable_size(void *block) {
  return block ? ((struct head *)block)[-1].size : 0;
}

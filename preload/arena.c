/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"
#include "proc.h"
#include "sys.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

#define PAGE_BYTES 4096u
#define CHUNK_MAPPINGS 1024
#define CHUNKS 64 /* mappings beyond are not counted: 10,000 threads have three each */
#define PAGES_AT_ONCE 256
#define PAGE_PRESENT (1ull << 63) /* in its word of the page map */

/* What was mapped, in chunks that are mapped as they are needed: in the library itself they would
 * take address space from a program that has little. */
struct mapping {
  _Atomic uintptr_t start;
  _Atomic size_t bytes; /* 0: not yet filled, or given back */
  _Atomic bool is_free; /* it was given back: whoever makes this false has it */
  bool shared, privatized;
};
static struct mapping *_Atomic chunks[CHUNKS];
static _Atomic uint32_t mapping_count, given_back;

static size_t whole_pages(size_t bytes) {
  return (bytes + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1);
}

/* The advice says nothing new of memory without a file. It is what tells ours from the target's in
 * /proc/PID/smaps, and keeps the kernel from joining the two: see seep/resident.h. */
static void mark_own(void *start, size_t bytes) {
  sys_call3(SYS_madvise, start, whole_pages(bytes), MADV_RANDOM);
}

static void *map_pages(size_t bytes) {
  long at = sys_call6(SYS_mmap, 0, (long)whole_pages(bytes), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (sys_failed(at))
    return NULL;
  mark_own((void *)at, bytes);
  return (void *)at;
}

static struct mapping *mapping_at(uint32_t index) {
  struct mapping *chunk =
      atomic_load_explicit(&chunks[index / CHUNK_MAPPINGS], memory_order_acquire);
  return chunk ? &chunk[index % CHUNK_MAPPINGS] : NULL;
}

/* Two threads may make the same chunk: one wins. */
static void make_chunk(uint32_t number) {
  size_t bytes = CHUNK_MAPPINGS * sizeof(struct mapping);
  struct mapping *none = NULL, *made = map_pages(bytes);
  if (made && !atomic_compare_exchange_strong(&chunks[number], &none, made))
    sys_call3(SYS_munmap, made, whole_pages(bytes), 0);
}

/* The list never gets shorter, for another thread may just be about to fill its last one: what is
 * given back is taken again, so that no number of recordings in one process uses it up. */
static struct mapping *take_again(void) {
  uint32_t count = atomic_load(&mapping_count);
  for (uint32_t i = 0; atomic_load(&given_back) && i < count && i < CHUNKS * CHUNK_MAPPINGS; i++) {
    struct mapping *mapping = mapping_at(i);
    if (mapping && atomic_load(&mapping->is_free) && atomic_exchange(&mapping->is_free, false)) {
      atomic_fetch_sub(&given_back, 1);
      return mapping;
    }
  }
  return NULL;
}

static struct mapping *take_new(void) {
  uint32_t index = atomic_fetch_add_explicit(&mapping_count, 1, memory_order_relaxed);
  if (index >= CHUNKS * CHUNK_MAPPINGS) {
    atomic_fetch_sub_explicit(&mapping_count, 1, memory_order_relaxed);
    return NULL;
  }
  if (!mapping_at(index))
    make_chunk(index / CHUNK_MAPPINGS);
  return mapping_at(index);
}

static void give_back(struct mapping *mapping) {
  mapping->privatized = false;
  atomic_store(&mapping->bytes, 0);
  atomic_fetch_add(&given_back, 1);
  atomic_store(&mapping->is_free, true);
}

static void count_mapping(void *start, size_t bytes, bool shared) {
  struct mapping *mapping = take_again();
  if (!mapping)
    mapping = take_new();
  if (!mapping)
    return;
  mapping->shared = shared;
  mapping->privatized = false;
  atomic_store_explicit(&mapping->start, (uintptr_t)start, memory_order_relaxed);
  atomic_store_explicit(&mapping->bytes, bytes, memory_order_release);
}

static void each_mapping(void (*visit)(struct mapping *mapping, void *data), void *data) {
  uint32_t count = atomic_load(&mapping_count);
  for (uint32_t i = 0; i < count && i < CHUNKS * CHUNK_MAPPINGS; i++) {
    struct mapping *mapping = mapping_at(i);
    if (mapping && atomic_load_explicit(&mapping->bytes, memory_order_acquire))
      visit(mapping, data);
  }
}

static void forget_if_at(struct mapping *mapping, void *start) {
  if (atomic_load_explicit(&mapping->start, memory_order_relaxed) == (uintptr_t)start)
    give_back(mapping);
}

void arena_count_shared(void *start, size_t bytes) {
  count_mapping(start, bytes, true);
}

static void privatize(struct mapping *mapping, void *unused) {
  (void)unused;
  if (!mapping->shared)
    return;
  sys_call6(SYS_mmap, (long)atomic_load(&mapping->start), (long)atomic_load(&mapping->bytes),
            PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  mark_own((void *)atomic_load(&mapping->start), atomic_load(&mapping->bytes));
  mapping->shared = false;
  mapping->privatized = true;
}

void arena_privatize_shared(void) {
  each_mapping(privatize, NULL);
}

static void unmap_if_private(struct mapping *mapping, void *unused) {
  (void)unused;
  if (!mapping->privatized)
    return;
  uintptr_t start = atomic_load(&mapping->start);
  size_t bytes = atomic_load(&mapping->bytes);
  give_back(mapping); /* first: at once another mapping may be there */
  sys_call3(SYS_munmap, start, bytes, 0);
}

void arena_unmap_private(void) {
  each_mapping(unmap_if_private, NULL);
}

void *arena_map(size_t bytes) {
  void *start = map_pages(bytes);
  if (start)
    count_mapping(start, whole_pages(bytes), false);
  return start;
}

void *arena_map_wiped_on_fork(size_t bytes) {
  void *at = arena_map(bytes);
  if (at) /* before Linux 4.14 this fails: then the fork handler alone tells the child */
    sys_call3(SYS_madvise, at, whole_pages(bytes), MADV_WIPEONFORK);
  return at;
}

void arena_unmap(void *start, size_t bytes) {
  each_mapping(forget_if_at, start);
  sys_call3(SYS_munmap, start, whole_pages(bytes), 0);
}

size_t arena_resident_between(uintptr_t start, size_t bytes) {
  uint64_t words[PAGES_AT_ONCE];
  size_t pages = 0;
  for (size_t at = 0; at < bytes; at += PAGES_AT_ONCE * PAGE_BYTES) {
    size_t left = (bytes - at) / PAGE_BYTES, count = left < PAGES_AT_ONCE ? left : PAGES_AT_ONCE;
    long got = proc_read(PROC_PAGEMAP, (start + at) / PAGE_BYTES * sizeof *words, words,
                         count * sizeof *words);
    for (size_t page = 0; !sys_failed(got) && page < (size_t)got / sizeof *words; page++)
      pages += !!(words[page] & PAGE_PRESENT);
  }
  return pages * PAGE_BYTES;
}

static void add_resident(struct mapping *mapping, void *total) {
  *(size_t *)total +=
      arena_resident_between(atomic_load_explicit(&mapping->start, memory_order_relaxed),
                             atomic_load_explicit(&mapping->bytes, memory_order_relaxed));
}

size_t arena_resident(void) {
  size_t total = 0;
  each_mapping(add_resident, &total);
  return total;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"
#include "sys.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

#define PAGE_BYTES 4096u
#define MAPPING_LIMIT 32768 /* more are not counted: 10,000 threads have two each */
#define PAGES_AT_ONCE 512

/* What was mapped. An entry of 0 bytes is free or not yet filled. */
static struct mapping {
  _Atomic uintptr_t start;
  _Atomic size_t bytes;
} mappings[MAPPING_LIMIT];
static _Atomic uint32_t mapping_count;

static size_t whole_pages(size_t bytes) {
  return (bytes + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1);
}

void arena_count(void *start, size_t bytes) {
  uint32_t index = atomic_fetch_add_explicit(&mapping_count, 1, memory_order_relaxed);
  if (index >= MAPPING_LIMIT) {
    atomic_fetch_sub_explicit(&mapping_count, 1, memory_order_relaxed);
    return;
  }
  atomic_store_explicit(&mappings[index].start, (uintptr_t)start, memory_order_relaxed);
  atomic_store_explicit(&mappings[index].bytes, bytes, memory_order_release);
}

static void forget(void *start) {
  uint32_t count = atomic_load(&mapping_count);
  for (uint32_t i = 0; i < count && i < MAPPING_LIMIT; i++)
    if (atomic_load_explicit(&mappings[i].start, memory_order_relaxed) == (uintptr_t)start) {
      atomic_store(&mappings[i].bytes, 0);
      return;
    }
}

void *arena_map(size_t bytes) {
  long at = sys_call6(SYS_mmap, 0, (long)whole_pages(bytes), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (sys_failed(at))
    return NULL;
  arena_count((void *)at, whole_pages(bytes));
  return (void *)at;
}

void *arena_map_wiped_on_fork(size_t bytes) {
  void *at = arena_map(bytes);
  if (at) /* before Linux 4.14 this fails: then the fork handler alone tells the child */
    sys_call3(SYS_madvise, at, whole_pages(bytes), MADV_WIPEONFORK);
  return at;
}

void arena_unmap(void *start, size_t bytes) {
  forget(start);
  sys_call3(SYS_munmap, start, whole_pages(bytes), 0);
}

static size_t resident_of(uintptr_t start, size_t bytes) {
  unsigned char in_memory[PAGES_AT_ONCE];
  size_t pages = 0;
  for (size_t at = 0; at < bytes; at += PAGES_AT_ONCE * PAGE_BYTES) {
    size_t part = bytes - at < PAGES_AT_ONCE * PAGE_BYTES ? bytes - at : PAGES_AT_ONCE * PAGE_BYTES;
    if (sys_failed(sys_call3(SYS_mincore, start + at, part, in_memory)))
      return pages * PAGE_BYTES;
    for (size_t page = 0; page < part / PAGE_BYTES; page++)
      pages += in_memory[page] & 1;
  }
  return pages * PAGE_BYTES;
}

size_t arena_resident(void) {
  size_t total = 0;
  uint32_t count = atomic_load(&mapping_count);
  for (uint32_t i = 0; i < count && i < MAPPING_LIMIT; i++) {
    size_t bytes = atomic_load_explicit(&mappings[i].bytes, memory_order_acquire);
    if (bytes)
      total += resident_of(atomic_load_explicit(&mappings[i].start, memory_order_relaxed), bytes);
  }
  return total;
}

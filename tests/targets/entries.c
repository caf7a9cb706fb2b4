/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls every entry point that an allocator has beside malloc's, and prints what must have been
 * recorded. It is built once per allocator (ALLOCATOR names its list) and linked with it. The list
 * is the recorder's own: a function that is added there and not exercised here does not compile.
 */
#include "expected.h"

#include <preload/allocators.h>
#include <stdint.h>
#include <stdlib.h>

#define X(result, name, parameters) result name parameters;
ALLOCATOR(X)
#undef X

static void check(int good, const char *what) {
  if (good)
    return;
  dprintf(STDERR_FILENO, "entries: %s\n", what);
  _exit(1);
}

static void *taken(void *block, size_t bytes) {
  check(block != NULL, "no block");
  memset(block, 1, bytes);
  expect_allocation(bytes);
  return block;
}

static void *resized(void *block, size_t before, size_t bytes) {
  expect_free(before);
  return taken(block, bytes);
}

#define DONE(call, bytes) (call, expect_free(bytes))
/* A function that allocates, with another that frees. */
#define TAKES(name, call, bytes, give)                                                             \
  static void exercise_##name(void) {                                                              \
    void *block = taken(call, bytes);                                                              \
    DONE(give, bytes);                                                                             \
  }
/* A function that frees, with another that allocates. */
#define GIVES(name, take, bytes, call) TAKES(name, take, bytes, call)
#define RESIZES(name, take, before, call, bytes, give)                                             \
  static void exercise_##name(void) {                                                              \
    void *block = taken(take, before);                                                             \
    block = resized(call, before, bytes);                                                          \
    DONE(give, bytes);                                                                             \
  }

#ifdef ENTRIES_JEMALLOC
#define ALIGN_64 6 /* MALLOCX_LG_ALIGN */
static void exercise_mallocx(void) {
  taken(mallocx(1001, 0), 1001); /* stays */
  void *block = taken(mallocx(100, ALIGN_64), 100);
  check((uintptr_t)block % 64 == 0, "mallocx: alignment");
  DONE(dallocx(block, 0), 100);
}
RESIZES(rallocx, mallocx(50, 0), 50, rallocx(block, 90000, 0), 90000, dallocx(block, 0))
static void exercise_xallocx(void) {
  void *block = taken(mallocx(200, 0), 200);
  check(xallocx(block, 90000, 0, 0) < 90000, "xallocx grew in place"); /* the block stays */
  check(xallocx(block, 190, 0, 0) >= 190, "xallocx");
  expect_free(200);
  expect_allocation(190);
  DONE(dallocx(block, 0), 190);
}
GIVES(dallocx, mallocx(60, 0), 60, dallocx(block, 0))
GIVES(sdallocx, mallocx(70, 0), 70, sdallocx(block, 70, 0))
#endif

#ifdef ENTRIES_TCMALLOC
TAKES(tc_malloc, tc_malloc(101), 101, tc_free(block))
TAKES(tc_malloc_skip_new_handler, tc_malloc_skip_new_handler(102), 102, tc_free(block))
TAKES(tc_calloc, tc_calloc(3, 35), 105, tc_free(block))
RESIZES(tc_realloc, tc_malloc(30), 30, tc_realloc(block, 70000), 70000, tc_free(block))
TAKES(tc_memalign, tc_memalign(256, 104), 104, tc_free(block))
TAKES(tc_valloc, tc_valloc(105), 105, tc_free(block))
TAKES(tc_pvalloc, tc_pvalloc(4096), 4096, tc_free(block))
static void exercise_tc_posix_memalign(void) {
  void *block = NULL;
  check(tc_posix_memalign(&block, 64, 106) == 0, "tc_posix_memalign");
  taken(block, 106);
  DONE(tc_free(block), 106);
}
GIVES(tc_free, malloc(107), 107, tc_free(block))
GIVES(tc_cfree, tc_malloc(108), 108, tc_cfree(block))
GIVES(tc_free_sized, tc_malloc(109), 109, tc_free_sized(block, 109))
static void exercise_tc_new(void) {
  taken(tc_new(1001), 1001); /* stays */
}
TAKES(tc_newarray, tc_newarray(111), 111, tc_deletearray(block))
TAKES(tc_new_nothrow, tc_new_nothrow(112, ""), 112, tc_delete_nothrow(block, ""))
TAKES(tc_newarray_nothrow, tc_newarray_nothrow(113, ""), 113, tc_deletearray_nothrow(block, ""))
GIVES(tc_delete, tc_new(114), 114, tc_delete(block))
GIVES(tc_deletearray, tc_newarray(115), 115, tc_deletearray(block))
GIVES(tc_delete_sized, tc_new(116), 116, tc_delete_sized(block, 116))
GIVES(tc_deletearray_sized, tc_newarray(117), 117, tc_deletearray_sized(block, 117))
GIVES(tc_delete_nothrow, tc_new(118), 118, tc_delete_nothrow(block, ""))
GIVES(tc_deletearray_nothrow, tc_newarray(119), 119, tc_deletearray_nothrow(block, ""))
#endif

#ifdef ENTRIES_MIMALLOC
static void exercise_mi_malloc(void) {
  taken(mi_malloc(1001), 1001); /* stays */
  DONE(mi_free(taken(malloc(100), 100)), 100);
}
TAKES(mi_malloc_small, mi_malloc_small(102), 102, mi_free(block))
TAKES(mi_zalloc, mi_zalloc(103), 103, mi_free(block))
TAKES(mi_zalloc_small, mi_zalloc_small(104), 104, mi_free(block))
TAKES(mi_calloc, mi_calloc(3, 35), 105, mi_free(block))
TAKES(mi_mallocn, mi_mallocn(2, 53), 106, mi_free(block))
TAKES(mi_malloc_aligned, mi_malloc_aligned(107, 256), 107, mi_free(block))
TAKES(mi_zalloc_aligned, mi_zalloc_aligned(108, 256), 108, mi_free(block))
TAKES(mi_calloc_aligned, mi_calloc_aligned(2, 55, 256), 110, mi_free(block))
TAKES(mi_memalign, mi_memalign(64, 111), 111, mi_free(block))
TAKES(mi_aligned_alloc, mi_aligned_alloc(64, 128), 128, mi_free(block))
TAKES(mi_valloc, mi_valloc(112), 112, mi_free(block))
TAKES(mi_pvalloc, mi_pvalloc(4096), 4096, mi_free(block))
static void exercise_mi_posix_memalign(void) {
  void *block = NULL;
  check(mi_posix_memalign(&block, 64, 113) == 0, "mi_posix_memalign");
  taken(block, 113);
  DONE(mi_free(block), 113);
}
TAKES(mi_strdup, mi_strdup("eleven byte"), 12, mi_free(block))
TAKES(mi_strndup, mi_strndup("eleven byte", 6), 7, mi_free(block))
RESIZES(mi_realloc, mi_malloc(30), 30, mi_realloc(block, 70000), 70000, mi_free(block))
RESIZES(mi_reallocn, mi_malloc(31), 31, mi_reallocn(block, 7, 10000), 70000, mi_free(block))
RESIZES(mi_rezalloc, mi_zalloc(32), 32, mi_rezalloc(block, 70000), 70000, mi_free(block))
RESIZES(mi_recalloc, mi_zalloc(33), 33, mi_recalloc(block, 7, 10000), 70000, mi_free(block))
RESIZES(mi_realloc_aligned, mi_malloc_aligned(34, 64), 34, mi_realloc_aligned(block, 70000, 64),
        70000, mi_free(block))
static void exercise_mi_reallocf(void) {
  void *block = taken(mi_malloc(35), 35);
  check(!mi_reallocf(block, PTRDIFF_MAX), "mi_reallocf: too much");
  expect_free(35);
}
static void exercise_mi_expand(void) {
  void *block = taken(mi_malloc(100), 100);
  check(!mi_expand(block, 90000), "mi_expand grew in place"); /* the block stays */
  block = resized(mi_expand(block, 90), 100, 90);
  DONE(mi_free(block), 90);
}
GIVES(mi_free, calloc(2, 57), 114, mi_free(block))
GIVES(mi_cfree, mi_malloc(115), 115, mi_cfree(block))
GIVES(mi_free_size, mi_malloc(116), 116, mi_free_size(block, 116))
GIVES(mi_free_aligned, mi_malloc_aligned(117, 64), 117, mi_free_aligned(block, 64))
GIVES(mi_free_size_aligned, mi_malloc_aligned(118, 64), 118, mi_free_size_aligned(block, 118, 64))
TAKES(mi_new, mi_new(119), 119, mi_free(block))
TAKES(mi_new_n, mi_new_n(2, 60), 120, mi_free(block))
TAKES(mi_new_nothrow, mi_new_nothrow(121), 121, mi_free(block))
TAKES(mi_new_aligned, mi_new_aligned(122, 64), 122, mi_free(block))

/* The list has what is to be recorded: not the making of a heap. */
void *mi_heap_new(void);
static void *heap;
static __attribute__((noinline)) void *make_heap(void) {
  return mi_heap_new();
}
#define IN_HEAP (heap ? heap : (heap = make_heap()))
TAKES(mi_heap_malloc, mi_heap_malloc(IN_HEAP, 201), 201, mi_free(block))
TAKES(mi_heap_malloc_small, mi_heap_malloc_small(IN_HEAP, 202), 202, mi_free(block))
TAKES(mi_heap_zalloc, mi_heap_zalloc(IN_HEAP, 203), 203, mi_free(block))
TAKES(mi_heap_calloc, mi_heap_calloc(IN_HEAP, 2, 102), 204, free(block))
TAKES(mi_heap_mallocn, mi_heap_mallocn(IN_HEAP, 5, 41), 205, mi_free(block))
TAKES(mi_heap_malloc_aligned, mi_heap_malloc_aligned(IN_HEAP, 206, 256), 206, mi_free(block))
TAKES(mi_heap_zalloc_aligned, mi_heap_zalloc_aligned(IN_HEAP, 207, 256), 207, mi_free(block))
TAKES(mi_heap_calloc_aligned, mi_heap_calloc_aligned(IN_HEAP, 2, 104, 256), 208, mi_free(block))
RESIZES(mi_heap_realloc, mi_heap_malloc(IN_HEAP, 40), 40, mi_heap_realloc(heap, block, 70000),
        70000, mi_free(block))
RESIZES(mi_heap_reallocn, mi_heap_malloc(IN_HEAP, 41), 41, mi_heap_reallocn(heap, block, 7, 10000),
        70000, mi_free(block))
RESIZES(mi_heap_rezalloc, mi_heap_zalloc(IN_HEAP, 42), 42, mi_heap_rezalloc(heap, block, 70000),
        70000, mi_free(block))
RESIZES(mi_heap_recalloc, mi_heap_zalloc(IN_HEAP, 43), 43, mi_heap_recalloc(heap, block, 7, 10000),
        70000, mi_free(block))
RESIZES(mi_heap_realloc_aligned, mi_heap_malloc_aligned(IN_HEAP, 44, 64), 44,
        mi_heap_realloc_aligned(heap, block, 70000, 64), 70000, mi_free(block))
static void exercise_mi_heap_reallocf(void) {
  void *block = taken(mi_heap_malloc(IN_HEAP, 45), 45);
  check(!mi_heap_reallocf(heap, block, PTRDIFF_MAX), "mi_heap_reallocf: too much");
  expect_free(45);
}
TAKES(mi_heap_alloc_new, mi_heap_alloc_new(IN_HEAP, 209), 209, mi_free(block))
TAKES(mi_heap_alloc_new_n, mi_heap_alloc_new_n(IN_HEAP, 2, 105), 210, mi_free(block))
TAKES(mi_heap_strdup, mi_heap_strdup(IN_HEAP, "eleven byte"), 12, mi_free(block))
TAKES(mi_heap_strndup, mi_heap_strndup(IN_HEAP, "eleven byte", 6), 7, mi_free(block))
/* Blocks of all sizes; some were freed before. */
static void exercise_mi_heap_destroy(void) {
  void *doomed = make_heap();
  size_t bytes = 0;
  for (size_t n = 1; n < 300000; n += n / 4 + 1) {
    void *block = taken(mi_heap_malloc(doomed, n), n);
    taken(mi_heap_malloc(doomed, n), n);
    DONE(mi_free(block), n);
    bytes += n;
    expected.frees++;
  }
  expected.freed_bytes += bytes;
  mi_heap_destroy(doomed);
}
#endif

int main(void) {
#define X(result, name, parameters) exercise_##name();
  ALLOCATOR(X)
#undef X
  return expected_print();
}

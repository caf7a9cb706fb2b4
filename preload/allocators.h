/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of entry points that other allocators have beside malloc's: X(result, name, parameters),
 * as in functions.h. A function that is added here needs a line in allocators.c that says what it
 * does; the exports are tested against this list.
 *
 * Left out are jemalloc's arenas that are reset or destroyed as a whole (mallctl): which blocks go
 * with them nobody says. A service can tell it with seep/seep.h.
 */
#ifndef SEEP_ALLOCATORS_H
#define SEEP_ALLOCATORS_H

#include <stddef.h>

#define ALLOCATORS_JEMALLOC(X)                                                                     \
  X(void *, mallocx, (size_t, int))                                                                \
  X(void *, rallocx, (void *, size_t, int))                                                        \
  X(size_t, xallocx, (void *, size_t, size_t, int))                                                \
  X(void, dallocx, (void *, int))                                                                  \
  X(void, sdallocx, (void *, size_t, int))

#define ALLOCATORS_TCMALLOC(X)                                                                     \
  X(void *, tc_malloc, (size_t))                                                                   \
  X(void *, tc_malloc_skip_new_handler, (size_t))                                                  \
  X(void *, tc_calloc, (size_t, size_t))                                                           \
  X(void *, tc_realloc, (void *, size_t))                                                          \
  X(void *, tc_memalign, (size_t, size_t))                                                         \
  X(void *, tc_valloc, (size_t))                                                                   \
  X(void *, tc_pvalloc, (size_t))                                                                  \
  X(int, tc_posix_memalign, (void **, size_t, size_t))                                             \
  X(void, tc_free, (void *))                                                                       \
  X(void, tc_cfree, (void *))                                                                      \
  X(void, tc_free_sized, (void *, size_t))                                                         \
  X(void *, tc_new, (size_t))                                                                      \
  X(void *, tc_newarray, (size_t))                                                                 \
  X(void *, tc_new_nothrow, (size_t, const void *))                                                \
  X(void *, tc_newarray_nothrow, (size_t, const void *))                                           \
  X(void, tc_delete, (void *))                                                                     \
  X(void, tc_deletearray, (void *))                                                                \
  X(void, tc_delete_sized, (void *, size_t))                                                       \
  X(void, tc_deletearray_sized, (void *, size_t))                                                  \
  X(void, tc_delete_nothrow, (void *, const void *))                                               \
  X(void, tc_deletearray_nothrow, (void *, const void *))

#define ALLOCATORS_MIMALLOC(X)                                                                     \
  X(void *, mi_malloc, (size_t))                                                                   \
  X(void *, mi_malloc_small, (size_t))                                                             \
  X(void *, mi_zalloc, (size_t))                                                                   \
  X(void *, mi_zalloc_small, (size_t))                                                             \
  X(void *, mi_calloc, (size_t, size_t))                                                           \
  X(void *, mi_mallocn, (size_t, size_t))                                                          \
  X(void *, mi_malloc_aligned, (size_t, size_t))                                                   \
  X(void *, mi_zalloc_aligned, (size_t, size_t))                                                   \
  X(void *, mi_calloc_aligned, (size_t, size_t, size_t))                                           \
  X(void *, mi_memalign, (size_t, size_t))                                                         \
  X(void *, mi_aligned_alloc, (size_t, size_t))                                                    \
  X(void *, mi_valloc, (size_t))                                                                   \
  X(void *, mi_pvalloc, (size_t))                                                                  \
  X(int, mi_posix_memalign, (void **, size_t, size_t))                                             \
  X(char *, mi_strdup, (const char *))                                                             \
  X(char *, mi_strndup, (const char *, size_t))                                                    \
  X(void *, mi_realloc, (void *, size_t))                                                          \
  X(void *, mi_reallocn, (void *, size_t, size_t))                                                 \
  X(void *, mi_reallocf, (void *, size_t))                                                         \
  X(void *, mi_rezalloc, (void *, size_t))                                                         \
  X(void *, mi_recalloc, (void *, size_t, size_t))                                                 \
  X(void *, mi_realloc_aligned, (void *, size_t, size_t))                                          \
  X(void *, mi_expand, (void *, size_t))                                                           \
  X(void, mi_free, (void *))                                                                       \
  X(void, mi_cfree, (void *))                                                                      \
  X(void, mi_free_size, (void *, size_t))                                                          \
  X(void, mi_free_aligned, (void *, size_t))                                                       \
  X(void, mi_free_size_aligned, (void *, size_t, size_t))                                          \
  X(void *, mi_new, (size_t))                                                                      \
  X(void *, mi_new_n, (size_t, size_t))                                                            \
  X(void *, mi_new_nothrow, (size_t))                                                              \
  X(void *, mi_new_aligned, (size_t, size_t))                                                      \
  X(void *, mi_heap_malloc, (void *, size_t))                                                      \
  X(void *, mi_heap_malloc_small, (void *, size_t))                                                \
  X(void *, mi_heap_zalloc, (void *, size_t))                                                      \
  X(void *, mi_heap_calloc, (void *, size_t, size_t))                                              \
  X(void *, mi_heap_mallocn, (void *, size_t, size_t))                                             \
  X(void *, mi_heap_malloc_aligned, (void *, size_t, size_t))                                      \
  X(void *, mi_heap_zalloc_aligned, (void *, size_t, size_t))                                      \
  X(void *, mi_heap_calloc_aligned, (void *, size_t, size_t, size_t))                              \
  X(void *, mi_heap_realloc, (void *, void *, size_t))                                             \
  X(void *, mi_heap_reallocn, (void *, void *, size_t, size_t))                                    \
  X(void *, mi_heap_reallocf, (void *, void *, size_t))                                            \
  X(void *, mi_heap_rezalloc, (void *, void *, size_t))                                            \
  X(void *, mi_heap_recalloc, (void *, void *, size_t, size_t))                                    \
  X(void *, mi_heap_realloc_aligned, (void *, void *, size_t, size_t))                             \
  X(void *, mi_heap_alloc_new, (void *, size_t))                                                   \
  X(void *, mi_heap_alloc_new_n, (void *, size_t, size_t))                                         \
  X(char *, mi_heap_strdup, (void *, const char *))                                                \
  X(char *, mi_heap_strndup, (void *, const char *, size_t))                                       \
  X(void, mi_heap_destroy, (void *))

#define ALLOCATORS(X) ALLOCATORS_JEMALLOC(X) ALLOCATORS_TCMALLOC(X) ALLOCATORS_MIMALLOC(X)

#endif

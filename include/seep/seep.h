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

/* Puts a mark into the trace: label names it (UTF-8, cut at 255 bytes), units is the number of
 * units of work (sessions, requests) done since the mark before, 0 if that is not said. Returns 0,
 * or -1 when nothing is recorded. */
static inline int seep_mark(const char *label, uint64_t units) {
  return seep_put_mark ? seep_put_mark(label, units) : -1;
}

/* For allocators of the service's own: block, of size bytes, was handed out from an arena, a pool
 * or a free list, and its caller is the call site. NULL is nothing. What the allocator itself took
 * by malloc or mmap is recorded as well: the block counts in addition to the memory that it lies
 * in. */
static inline void seep_alloc(const void *block, size_t size) {
  if (seep_put_alloc)
    seep_put_alloc(block, size);
}

/* block was given back to the allocator; call it before another thread can be handed it. Where a
 * pool is destroyed as a whole, this is to be called for each block that is still out. */
static inline void seep_free(const void *block) {
  if (seep_put_free)
    seep_put_free(block);
}

#ifdef __cplusplus
}
#endif
#endif

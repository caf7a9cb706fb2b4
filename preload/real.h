/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions behind ours: of libc, or of another allocator that stands behind us in the search
 * order. A function that nobody behind us defines is NULL (free_sized before glibc 2.41, operator
 * new in a C program): nobody can call ours in its place then, except as REAL_SUBSTITUTES says.
 */
#ifndef SEEP_REAL_H
#define SEEP_REAL_H

#include "functions.h"
#include <stdbool.h>
#include <stdint.h>

struct real {
#define X(result, name, parameters) result(*name) parameters;
  FUNCTIONS(X)
#undef X
};
extern struct real real __attribute__((visibility("hidden")));

/* Looks up all functions; once, by the thread that starts the recorder. dlsym may allocate while it
 * does: that comes out of the pool. opened: we were not preloaded, but opened by a running process;
 * then nobody stands behind us, and what its own calls are bound to is looked for. */
void real_look_up(bool opened);
/* Looks up what was not there before (libstdc++ came with a dlopen), or is seldom wanted. */
void *real_look_up_late(const char *name);

/* A small static pool for what is allocated before the real functions are known. Its blocks are
 * never recorded and never given back. NULL when it is used up. */
#define REAL_POOL_BYTES 65536u
extern char real_pool[REAL_POOL_BYTES] __attribute__((visibility("hidden")));
void *real_pool_take(size_t size, size_t alignment);
static inline bool real_pool_owns(const void *block) {
  return (uintptr_t)block - (uintptr_t)real_pool < REAL_POOL_BYTES;
}
/* Bytes of a pool block, for realloc. */
size_t real_pool_size(const void *block);

#endif

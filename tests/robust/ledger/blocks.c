/* SPDX-License-Identifier: Apache-2.0 */
#include "blocks.h"

#include <preload/sys.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define GRAIN_BITS 3 /* there are allocators whose smallest blocks stand so close */
#define LEAF_BITS 12
#define LEVEL_BITS 16
#define OWNER_BITS 16

typedef _Atomic uint64_t packed; /* size and owner; 0: none */
typedef void *_Atomic below;     /* the next level, made when it is needed */

static below root[1u << LEVEL_BITS];

static void *grow(below *place, size_t bytes) {
  long at = sys_call6(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);
  void *made = sys_failed(at) ? NULL : (void *)at, *there = NULL;
  if (!made || atomic_compare_exchange_strong(place, &there, made))
    return made;
  sys_call3(SYS_munmap, made, bytes, 0);
  return there;
}

static size_t part(const void *block, int shift, int bits) {
  return (uintptr_t)block >> shift & (((size_t)1 << bits) - 1);
}

/* NULL: there is no memory for it, or it is not to be made and there is none yet. */
static packed *place_of(const void *block, int make) {
  below *branch = &root[part(block, GRAIN_BITS + LEAF_BITS + LEVEL_BITS, LEVEL_BITS)];
  below *branches = atomic_load(branch);
  if (!branches && make)
    branches = grow(branch, sizeof(below) << LEVEL_BITS);
  if (!branches)
    return NULL;
  below *leaf = &branches[part(block, GRAIN_BITS + LEAF_BITS, LEVEL_BITS)];
  packed *leaves = atomic_load(leaf);
  if (!leaves && make)
    leaves = grow(leaf, sizeof(packed) << LEAF_BITS);
  return leaves ? &leaves[part(block, GRAIN_BITS, LEAF_BITS)] : NULL;
}

void blocks_put(const void *block, struct blocks_entry entry) {
  packed *place = place_of(block, 1);
  if (place)
    atomic_store_explicit(place, entry.size << OWNER_BITS | entry.owner, memory_order_relaxed);
}

struct blocks_entry blocks_take(const void *block) {
  packed *place = place_of(block, 0);
  uint64_t was = place ? atomic_exchange_explicit(place, 0, memory_order_relaxed) : 0;
  return (struct blocks_entry){was >> OWNER_BITS, was & BLOCKS_OWNERS};
}

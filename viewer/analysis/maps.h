/* SPDX-License-Identifier: Apache-2.0
 *
 * Mappings (mmap, munmap, mremap): ranges that may be cut anywhere, unlike heap blocks. Kept apart
 * from the heap, because an allocator's own mappings hold its blocks.
 */
#ifndef SEEP_ANALYSIS_MAPS_H
#define SEEP_ANALYSIS_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_range {
  uint64_t start, stop;
  uint32_t context;
};

struct maps {
  struct map_range *ranges; /* by start, disjoint, none empty */
  size_t count, capacity;
  uint64_t bytes; /* in all ranges */
};

void maps_init(struct maps *maps);
void maps_release(struct maps *maps);

/* Maps a range; what it overlaps is replaced, as the kernel does. false: no memory. */
bool maps_map(struct maps *maps, uint64_t start, uint64_t bytes, uint32_t context);

/* Unmaps a range: any part of any mappings, or nothing. false: no memory. */
bool maps_unmap(struct maps *maps, uint64_t start, uint64_t bytes);

#endif

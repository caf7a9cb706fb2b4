/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorder's only memory: anonymous mappings. Never the heap: we are the heap's caller. Counts
 * what it maps, so that the recorder can say what it costs.
 */
#ifndef SEEP_ARENA_H
#define SEEP_ARENA_H

#include <stddef.h>

/* Maps bytes, rounded up to pages, zeroed; NULL when there is none. Keeps errno. */
void *arena_map(size_t bytes);
/* The same, wiped in a forked child (MADV_WIPEONFORK where the kernel has it). */
void *arena_map_wiped_on_fork(size_t bytes);
/* Gives back what arena_map gave, with the same bytes. */
void arena_unmap(void *start, size_t bytes);
/* Counts memory that was mapped elsewhere (the stage); negative to give it back. */
void arena_count(long bytes);
/* Bytes mapped now, and at most so far. */
size_t arena_bytes(void);
size_t arena_peak_bytes(void);

#endif

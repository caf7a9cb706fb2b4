/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorder's only memory: anonymous mappings. Never the heap: we are the heap's caller. Address
 * space is taken freely and touched as it is needed; arena_resident says what that really costs.
 */
#ifndef SEEP_ARENA_H
#define SEEP_ARENA_H

#include <stddef.h>
#include <stdint.h>

/* Maps bytes, rounded up to pages, zeroed; NULL when there is none. Keeps errno. */
void *arena_map(size_t bytes);
/* The same, wiped in a forked child (MADV_WIPEONFORK where the kernel has it). */
void *arena_map_wiped_on_fork(size_t bytes);
/* Gives back what arena_map gave, with the same bytes. */
void arena_unmap(void *start, size_t bytes);
/* Counts a mapping of a file of ours that was made elsewhere. */
void arena_count_shared(void *start, size_t bytes);
/* In a forked child: puts anonymous memory in the place of every such mapping. The addresses stay
 * good for whoever still holds one. */
void arena_privatize_shared(void);

/* Where nobody can hold such an address any more: unmaps what was put there. */
void arena_unmap_private(void);

/* Bytes of all this that are in memory now, by asking the kernel page by page: some microseconds
 * for each MiB. */
size_t arena_resident(void);
/* The same of any anonymous memory. */
size_t arena_resident_between(uintptr_t start, size_t bytes);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks of the service's own arenas and pools, as the service tells of them: through seep/seep.h
 * (pools.c) or by Valgrind's client requests (requests.c). place is where it does, and becomes the
 * stack of what is recorded. Any thread, at any time.
 */
#ifndef SEEP_POOLS_H
#define SEEP_POOLS_H

#include "capture.h"

/* The pool of blocks that are told of without one. */
#define POOLS_LOOSE UINTPTR_MAX

enum pools_flag { /* Valgrind's numbers, of VALGRIND_CREATE_MEMPOOL_EXT */
                  POOLS_AUTO_FREE =
                      1, /* what goes back takes the loose blocks inside of it along */
                  POOLS_META =
                      2, /* its blocks are what loose blocks are made of: they do not count */
};

void pools_create(uintptr_t pool, uint32_t flags);
/* address 0 is nothing. */
void pools_alloc(const struct capture_place *place, uintptr_t pool, uintptr_t address, size_t size);
void pools_free(const struct capture_place *place, uintptr_t pool, uintptr_t address);
/* The block is size bytes at address now. */
void pools_change(const struct capture_place *place, uintptr_t pool, uintptr_t old,
                  uintptr_t address, size_t size);
/* Frees what lies outside of size bytes from from on, also of blocks that do in part. */
void pools_trim(const struct capture_place *place, uintptr_t pool, uintptr_t from, size_t size);
/* Frees all. */
void pools_reset(const struct capture_place *place, uintptr_t pool);
void pools_destroy(const struct capture_place *place, uintptr_t pool);
/* The pool has another number from here on. */
void pools_move(uintptr_t pool, uintptr_t number);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Which module had an address range first. Path hashes are made of addresses; after dlclose another
 * library may be mapped where the first one was, and its stacks must not get the old ids. So a
 * frame is hashed by its address alone only in the first tenant of its range; a later tenant's
 * frames are "salted" with the module's id.
 *
 * Why that is exact: ranges in the table do not overlap, and each has one module id, so for every
 * address there is at most one module whose frames are hashed without salt; all others have their
 * id, which is never given twice, in the hash. Whether a frame is salted is found when its rule is
 * computed, and rules are dropped whenever a module came or went. Code of no module (JIT) is kept
 * apart by its own flag in the hash.
 */
#ifndef SEEP_TENANTS_H
#define SEEP_TENANTS_H

#include <stdbool.h>
#include <stdint.h>

/* false: no memory; every module is taken for a later tenant then. */
bool tenants_start(void);
/* Whether the module that is mapped from start to stop is a later tenant there; the first caller
 * for a range makes it the first. address: in the module. When the table is busy or full the answer
 * is yes: that costs an id that stands for the same path as another, no more. */
bool tenants_is_later(uintptr_t start, uintptr_t stop, uintptr_t address);
/* In a forked child: the table may have been busy in another thread. */
void tenants_restart(void);

#endif

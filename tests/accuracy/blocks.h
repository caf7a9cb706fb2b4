/* SPDX-License-Identifier: Apache-2.0
 *
 * The live blocks of the chosen site, by address: a hash table in memory of its own, behind one
 * spinning lock. Any thread; nothing in here allocates from the heap.
 */
#ifndef INJECT_BLOCKS_H
#define INJECT_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

/* Maps the table; false: no memory. */
bool blocks_open(void);

/* false: the table is full. size must not be SIZE_MAX. */
bool blocks_add(void *block, size_t size);

/* Takes block out. false: it is not of the site. */
bool blocks_take(void *block, size_t *size);

/* In a forked child: the lock may have been held by a thread that is no more. */
void blocks_forked(void);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The allocator behind the hooks. It has no memory: a call gets the address that its thread has
 * laid ready.
 */
#ifndef RACE_SHELF_H
#define RACE_SHELF_H

#include <stddef.h>
#include <stdint.h>

/* The next call that allocates, of this thread, gets address; 0: it fails. inside, if not NULL, is
 * called from the next call of any kind. */
void shelf_ready(uint64_t address, void (*inside)(void));

/* As a service library calls them, where the recorder is attached to a running process. */
void *shelf_take(size_t size);
void shelf_give(void *block);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks that are entered in the log (storm.h). Any thread, and signal handlers where the allocator
 * allows that.
 */
#ifndef STORM_BLOCK_H
#define STORM_BLOCK_H

#include "storm.h"

/* Makes the file. */
void block_start(const char *path);
/* In a forked child: what it does is not entered. */
void block_forget(void);
extern struct storm_truth *block_truth;

/* Sizes of a class: from a few bytes to 32 KiB, mostly small. */
size_t block_size(enum storm_class class, uint64_t chance);
/* NULL, where there is no memory, ends the program. */
void *block_new(enum storm_class class, uint64_t chance);
/* Of a block that another function has allocated. */
void *block_enter(void *block, size_t size);
/* NULL: nothing. Ends the program where the block is not what block_new made of it. */
void block_free(void *block);
void *block_resize(void *block, uint64_t chance);

/* An actor's own sequence of chances. */
uint64_t block_chance(uint64_t *state);
/* Says what went wrong and ends the program. */
_Noreturn void block_die(const char *what);

#endif

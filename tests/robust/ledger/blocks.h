/* SPDX-License-Identifier: Apache-2.0
 *
 * Size and owner of every block that is out, by address: a tree of three levels whose leaves stand
 * for 32 KiB of addresses each. No lock: nobody else knows of a block before its allocation has
 * returned, nor after its free has begun. A forked child has its parent's, as it has the blocks.
 */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#define BLOCKS_UNKNOWN 0u
#define BLOCKS_OWNERS 0xffffu /* the highest there is */

struct blocks_entry {
  uint64_t size;
  uint32_t owner; /* BLOCKS_UNKNOWN: there is no such block */
};

/* Without memory the block stays unknown. */
void blocks_put(const void *block, struct blocks_entry entry);
/* Takes the block's entry out. */
struct blocks_entry blocks_take(const void *block);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * From a 96-bit path hash to a context id: a hash table in private memory, shared by all threads.
 *
 * Extendible hashing: a directory, indexed by the hash's top bits, of blocks with open addressing.
 * A full block is replaced on its own, first by one half as big again, then by two, so nothing ever
 * stops the world, and blocks are 54 to 81 % full: 20 to 30 bytes per context.
 *
 * An entry is {hash, low << 32 | id}. It is claimed by a compare-and-swap of hash from 0, then its
 * second word is stored, once. A reader takes no lock: it reads hash, word and hash again. A block
 * that was replaced stays mapped (its pages go back to the kernel, so it reads as empty), for a
 * reader may still be in it; it may be used again for other entries: an entry is only believed if
 * all 96 bits agree, so a reader that is late misses, and never gets a wrong id.
 *
 * What may be lost is an entry that is put in a block while that is being replaced: its path is not
 * found then, and its context gets a second id. So it goes with everything here that cannot be had
 * at once: nobody waits.
 */
#ifndef SEEP_INDEX_H
#define SEEP_INDEX_H

#include <stdbool.h>
#include <stdint.h>

/* false: no memory. */
bool index_start(void);
/* Gives everything back. No other thread may be in this file: for a forked child. */
void index_end(void);

void index_prefetch(uint64_t hash);
/* The id, or 0. */
uint32_t index_find(uint64_t hash, uint32_t low);
/* Puts id, unless the hash is there already (by another thread): then gives that one's. Where there
 * is no room now, id is not put and given back as if it were. */
uint32_t index_put(uint64_t hash, uint32_t low, uint32_t id);

#endif

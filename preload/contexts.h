/* SPDX-License-Identifier: Apache-2.0
 *
 * The calling-context tree of the target: insert-only, shared by all threads, read without a lock.
 * A node is (parent, module, offset); its id is given out once and never re-used. Nodes stand in
 * the stage (they must outlive the target), the index from path hash to id in private memory.
 *
 * An insert that meets another insert in the same part of the index does not wait: it makes a node
 * that is not in the index. Readers of the trace fold such doubles.
 */
#ifndef SEEP_CONTEXTS_H
#define SEEP_CONTEXTS_H

#include <stdbool.h>
#include <stdint.h>

struct seep_node;

/* false: no memory. contexts_reset: in a forked child that records; all ids are new then. */
bool contexts_start(void);
bool contexts_reset(void);

/* Brings the index's line for hash into the cache. */
void contexts_prefetch(uint64_t hash);
/* The id for a path hash, or 0. */
uint32_t contexts_find(uint64_t hash, uint32_t hash_low);
/* Makes the node for a path that contexts_find did not know (another thread may have made it since:
 * then its id). pc is a code address of the running process, flags are of format.h. Returns 0 when
 * there is no memory for it, or its module is not to be had now. */
uint32_t contexts_insert(uint64_t hash, uint32_t hash_low, uint32_t parent, uintptr_t pc,
                         uint32_t flags);

/* Ids given out: 1 .. contexts_count. */
uint32_t contexts_count(void);
/* The node of an id; NULL where there is none. Points into the stage, never moves. */
const struct seep_node *contexts_node(uint32_t id);

/* What is in the trace already. Any thread, no order promised: writing a node twice is allowed. */
/* All ids below are; it may have been said of others as well. */
uint32_t contexts_first_unwritten(void);
/* A run of complete nodes below end that are not: moves *id to its first, and returns how many they
 * are, at most limit. 0: from *id on there is none. */
uint32_t contexts_unwritten(uint32_t *id, uint32_t end, uint32_t limit);
/* Says that count nodes from first on are. */
void contexts_set_written(uint32_t first, uint32_t count);

#endif

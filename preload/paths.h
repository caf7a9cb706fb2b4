/* SPDX-License-Identifier: Apache-2.0
 *
 * A captured stack as a path of the calling-context tree: what is done when the tree may not have
 * it yet, or when it is cut to a depth. depth: most frames of a cut path. flags (enum
 * seep_context_flag): those of the innermost node, if it is new.
 */
#ifndef SEEP_PATHS_H
#define SEEP_PATHS_H

#include "frames.h"

/* Ids for the state's frames from the first, seen from inside, that has one. Gives the innermost
 * one's; 0: no memory. */
uint32_t paths_insert(struct capture *state, uint32_t flags);

/* The path of the innermost frames alone, of a state with more than depth: its hash, and its id. 0:
 * no memory. */
void paths_cut(const struct capture *state, uint32_t depth, struct capture_path *path);
uint32_t paths_insert_cut(const struct capture *state, uint32_t depth, uint32_t flags);

#endif

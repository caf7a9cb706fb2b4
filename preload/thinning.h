/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the size of the trace is limited (SEEP_MAX_SIZE): each time that half of what was left of
 * it has been used, only one in four of the blocks that were followed until then is followed
 * further. The address decides which, so that a block is followed wholly or not at all, whichever
 * threads allocate and free it and in whatever order they drain. Blocks that were told of before
 * are followed to their end. Pairs are summed up as ever.
 *
 * That a free belongs to a block that was told of is known from standing.h. Where a thread's free
 * is drained before the allocation by another, the address stays there, and one free too many of it
 * is written some day: a reader finds no block for it.
 */
#ifndef SEEP_THINNING_H
#define SEEP_THINNING_H

#include "workspace.h"

/* What is done with a block that is drained now. */
enum thinning {
  THINNING_NONE, /* every survivor is written */
  THINNING_SOME, /* those of blocks that are followed: see thinning_shift */
  THINNING_FULL, /* nothing is written any more, it is only counted */
};

/* Before the first record, in each process. Without a limit nothing below does anything. */
void thinning_start(void);

/* By how much more seldom than usual frames of mere figures are written: the fuller the trace. */
uint64_t thinning_seldom(void);

/* As the trace's size wants it now. Unless nothing is written, thinning_apply must follow. */
enum thinning thinning_level(unsigned *share_shift);

/* Takes from the survivors what is not followed, and counts it. */
void thinning_apply(struct workspace *workspace, unsigned share_shift);
/* Counts all records of the block: none of them is written. */
void thinning_count_all(const struct workspace *workspace);

#endif

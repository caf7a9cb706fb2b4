/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a thread's block is cut, so that no frame lies on both sides of a mark or of the fork of a
 * recorded child: its sums are all of one interval, none of its pairs is told that a mark lies
 * between, and what stood at the fork is known.
 */
#ifndef SEEP_CUTS_H
#define SEEP_CUTS_H

#include <seep/stage.h>

#define CUTS_OWN 64u

struct cuts {
  /* The last moment before each cut, in no order. */
  uint64_t stamps[SEEP_STAGE_MARKS + 1 + CUTS_OWN];
  uint32_t count;
  uint64_t keep_from; /* a mark may still come after this: every record is kept */
};

/* The cuts of a block whose first record has the stamp first. */
struct cuts cuts_find(uint64_t first);

/* How many of the records lie before the next cut. A wide size has its allocation's stamp. */
uint32_t cuts_next(const struct cuts *cuts, const struct seep_record *records, uint32_t count);

/* Makes a cut here and now, for a mark from inside or right before a fork whose child will be
 * recorded; gives its stamp. Any thread, several at once. (Marks from outside are put into the
 * stage, by one process at a time.) */
uint64_t cuts_make(void);
/* In a forked child: what other threads had begun is forgotten. */
void cuts_forget(void);

#endif

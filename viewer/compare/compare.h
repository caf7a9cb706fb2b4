/* SPDX-License-Identifier: Apache-2.0
 *
 * Two traces' sites beside each other: what is new, gone, has grown or shrunk, of what was
 * allocated in an interval and stands at its end; per run, per unit of work, or per hour.
 */
#ifndef SEEP_COMPARE_H
#define SEEP_COMPARE_H

#include "compare/inventory.h"

/* One list each makes the names that options, text and JSON use. */
#define COMPARE_NORMALS(X)                                                                         \
  X(COMPARE_NONE, "none")                                                                          \
  X(COMPARE_UNITS, "units")                                                                        \
  X(COMPARE_TIME, "time")
#define COMPARE_CHANGES(X)                                                                         \
  X(COMPARE_SAME, "same")                                                                          \
  X(COMPARE_NEW, "new")                                                                            \
  X(COMPARE_GONE, "gone")                                                                          \
  X(COMPARE_GROWN, "grown")                                                                        \
  X(COMPARE_SHRUNK, "shrunk")

#define X(name, word) name,
enum compare_normal { COMPARE_NORMALS(X) COMPARE_NORMAL_COUNT };
enum compare_change { COMPARE_CHANGES(X) COMPARE_CHANGE_COUNT };
#undef X

const char *compare_normal_word(enum compare_normal normal);
const char *compare_change_word(enum compare_change change);
int compare_normal_of(const char *word); /* -1: none */

/* A site on one side: its exact figures, and what they are normalised. */
struct compare_figures {
  const struct holding *holding; /* NULL: the side's run has no such site */
  double bytes, blocks;
};

struct compare_row {
  enum compare_change change;
  struct compare_figures old, new;
};

struct comparison {
  struct compare_row *rows; /* what differs; the largest difference in bytes first */
  size_t count;
  size_t changes[COMPARE_CHANGE_COUNT];                /* how many sites of each */
  double old_bytes, old_blocks, new_bytes, new_blocks; /* of all sites, normalised */
};

/* By what figures of an inventory are divided; 0: it has no units, or no time. */
double compare_divisor(const struct inventory *inventory, enum compare_normal normal);

/* Compares two inventories, which must outlive the comparison and have divisors. A site that stands
 * on one side alone is new or gone; figures that differ by at most tolerance (a share of the larger
 * one) are the same. false: no memory. */
bool compare_make(struct comparison *comparison, const struct inventory *old,
                  const struct inventory *new, enum compare_normal normal, double tolerance);
void compare_release(struct comparison *comparison);

/* The row's site as the newer run calls it, if it has it. */
const struct identity *compare_identity(const struct compare_row *row);

#endif

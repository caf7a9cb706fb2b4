/* SPDX-License-Identifier: Apache-2.0
 *
 * Who frees the brothers: from which calls a row's freed blocks were freed, and how old they were
 * by then. From the sampled frees of the whole run, whichever interval the report shows; which path
 * forgot a block is seen by the one that frees the others.
 */
#ifndef SEEP_ANALYSIS_FREED_BY_H
#define SEEP_ANALYSIS_FREED_BY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct analysis;
struct analysis_site;

struct freed_ages { /* seconds: a quarter, half, three quarters were freed younger */
  double quarter, median, three_quarters;
};

struct freed_call {            /* a call that freed, named as sites are; texts are the symbols' */
  const char *function, *file; /* NULL: not known */
  uint32_t module, line;
  uint64_t offset;
  uint32_t context; /* of the call */
  bool resized;     /* by a realloc, which gave another block for it */
  uint64_t samples;
  double share; /* of the row's frees, estimated: samples count as much as they stand for */
  struct freed_ages ages;
};

struct freed_by {
  struct freed_call *calls; /* by share, largest first */
  size_t count;
  uint64_t samples; /* 0: no free of the row was sampled */
  struct freed_ages ages;
};

/* The result is the caller's: freed_by_free. Rows of a tree have none. NULL: no memory. */
struct freed_by *freed_by_of_row(const struct analysis *analysis, const struct analysis_site *row);
void freed_by_free(struct freed_by *freed);

/* Of the whole trace: frees that were sampled; of these, those whose block is not known, and those
 * of calls for which there was no room. */
struct freed_totals {
  uint64_t samples, unmatched, left_out;
};
struct freed_totals freed_totals_of(const struct analysis *analysis);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * All about the blocks of one row: how large they are, how old, how long those lived that were
 * freed, what was born and freed period by period, and a few addresses.
 */
#ifndef SEEP_ANALYSIS_PROFILE_H
#define SEEP_ANALYSIS_PROFILE_H

#include "analysis/analysis.h"

/* Band b of sizes holds 2^(b-1) to 2^b - 1 bytes, of times 8^(b-1) to 8^b - 1 ticks; band 0: 0. */
#define PROFILE_SIZES TRACE_SIZES
#define PROFILE_TIMES TRACE_LIFETIMES
#define PROFILE_EXAMPLES 8

struct profile_period {
  uint64_t from, to; /* stamps */
  uint64_t born, freed;
  int64_t stands, stands_bytes; /* at its end */
  uint64_t kept;                /* of the born, those that stand at the run's end */
};

struct profile_example {
  uint64_t address, size, stamp; /* of its allocation */
};

struct profile {
  /* Over the whole run. Freed blocks are known by call site only: a row of a tree or a thread has
   * none of the first two; a filter leaves them as they are. */
  bool has_freed;
  uint64_t freed[PROFILE_SIZES];     /* of the freed, by bytes */
  uint64_t lifetimes[PROFILE_TIMES]; /* of the freed, by ticks */
  struct profile_period *periods;
  size_t period_count;
  /* Of those allocated in the report's interval that stand at the run's end. */
  uint64_t standing[PROFILE_SIZES];                  /* by bytes */
  uint64_t ages[PROFILE_TIMES];                      /* at the run's end, by ticks */
  struct profile_example examples[PROFILE_EXAMPLES]; /* the oldest, oldest first */
  size_t example_count;
};

/* Of a row of the report that answers query; only its names, context and group are looked at. The
 * result is the caller's: profile_free. NULL: no memory. Slow. */
struct profile *profile_of_row(const struct analysis *analysis, const struct analysis_query *query,
                               const struct analysis_site *row);
void profile_free(struct profile *profile);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What each call site of a trace holds over an interval, under the identity that makes it known in
 * another trace. A library that was loaded twice is one module here.
 */
#ifndef SEEP_COMPARE_INVENTORY_H
#define SEEP_COMPARE_INVENTORY_H

#include "analysis/verdict.h"
#include "compare/identity.h"
#include "compare/suppressions.h"

struct holding {
  struct identity identity;
  uint64_t blocks, bytes; /* allocated in the interval, standing at its end, not suppressed */
  uint64_t allocations;   /* in the interval */
  const struct verdict
      *leak; /* the inventory's: says that the site leaks; NULL: none does, or none was asked */
};

struct inventory {
  struct holding *list; /* in identity_compare's order: of all sites of the run */
  size_t count;
  uint64_t units; /* of the interval; 0: none */
  double seconds;
  struct verdict *verdicts; /* of the interval's rows; over the run's marks, as in a report */
};

/* Of report (by site), which is an interval of analysis. suppressions (or NULL) keep their stacks'
 * figures out and count them. The names are the trace's and the symbols'. false: no memory. */
struct inventory_source {
  const struct trace *trace;
  struct symbols *symbols; /* or NULL */
  const struct analysis *analysis;
  const struct analysis_report *report;
  bool judged; /* say which holdings leak: slow */
};
bool inventory_make(struct inventory *inventory, const struct inventory_source *source,
                    struct suppressions *suppressions);
void inventory_release(struct inventory *inventory);

/* The identities alone, for pairing.h; the array is the caller's (free). NULL: no memory. */
const struct identity **inventory_identities(const struct inventory *inventory);

#endif

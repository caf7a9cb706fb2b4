/* SPDX-License-Identifier: Apache-2.0
 *
 * What a call site may hold over an interval, and which sites hold more.
 */
#ifndef SEEP_COMPARE_BUDGET_H
#define SEEP_COMPARE_BUDGET_H

#include "compare/baseline.h"
#include "compare/inventory.h"

enum budget_limit {
  BUDGET_BYTES,
  BUDGET_BYTES_PER_UNIT,
  BUDGET_BLOCKS_PER_UNIT,
  BUDGET_LIMITS,
};

struct budget {
  bool has[BUDGET_LIMITS]; /* a limit that is not given breaks nothing */
  double most[BUDGET_LIMITS];
  bool no_leaks; /* a site that holds anything and is called a leak breaks the budget */
  const struct baseline *baseline; /* or NULL: what it accepts breaks no limit. Without any limit,
                                      whatever it does not accept breaks the budget. */
  double tolerance;                /* share by which a site may exceed what the baseline accepts */
};

/* A site that breaks the budget. */
struct budget_excess {
  const struct holding *holding;
  bool broken[BUDGET_LIMITS];
  bool leaks;                            /* and no site may */
  const struct baseline_entry *accepted; /* that it exceeds; NULL: it is not in the baseline */
};

struct budget_result {
  struct budget_excess *list; /* by bytes, largest first */
  size_t count;
  size_t standing, accepted; /* sites that hold anything; of these, broken but accepted */
};

/* The option's name without dashes, and the words behind a figure: "max-bytes-per-unit",
 * "bytes/unit". */
const char *budget_option(enum budget_limit limit);
const char *budget_unit(enum budget_limit limit);

bool budget_has_limit(const struct budget *budget);

/* Whether the budget is about units of work: an inventory without any cannot be held against it. */
bool budget_needs_units(const struct budget *budget);

/* What the site holds, in the limit's terms. */
double budget_figure(const struct holding *holding, uint64_t units, enum budget_limit limit);

/* Holds an inventory against the budget; both must outlive the result. false: no memory. */
bool budget_check(const struct budget *budget, const struct inventory *inventory,
                  struct budget_result *result);
void budget_release(struct budget_result *result);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The books kept while a trace is replayed: what happened to which block (postings.h) in, cohorts,
 * peaks, the time line and totals out.
 */
#ifndef SEEP_ANALYSIS_LEDGER_H
#define SEEP_ANALYSIS_LEDGER_H

#include "analysis/cells.h"
#include "analysis/holdings.h"
#include "analysis/periods.h"
#include "analysis/places.h"
#include "analysis/postings.h"
#include "analysis/spectrum.h"
#include "analysis/steps.h"
#include "analysis/tally.h"
#include <stdatomic.h>

struct ledger {
  const struct periods *periods;
  struct places places;
  struct cells cells;
  struct steps steps;
  struct holdings holdings;
  struct tally tally;
  struct spectrum spectrum;
  struct analysis_totals totals;
  double *activity;   /* per period: allocations of the process */
  size_t interval;    /* the period that the events have reached */
  uint64_t boundary;  /* an event at or behind it changes interval, steps or holdings */
  atomic_bool failed; /* no memory: what follows is not counted */
};

/* periods and sites must outlive the ledger. false: no memory; release it all the same. */
bool ledger_init(struct ledger *ledger, const struct trace *trace, const struct periods *periods,
                 struct sites *sites);
void ledger_release(struct ledger *ledger);

/* Counts a batch; data: the ledger. For postings_start. After the end has been posted totals and
 * steps are complete, and the cells sealed. */
void ledger_take(void *data, const struct postings_batch *batch);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The books kept while a trace is replayed: events in, live set, cohorts and totals out. Knows
 * nothing of files: events may come from anywhere, ordered by stamp.
 *
 * Where every block of the process has been recorded, allocations less frees of an address tell
 * whether it stands, whatever their order: frees and blocks wait for each other without limit
 * (debts.h). Where blocks from before the recording, or from a pause, may be freed, that would take
 * such frees for those of blocks to come. There only inverted stamps are repaired (see format.h,
 * Records): an allocation of a live address lets the older
 * block wait LEDGER_HANDOVER seconds for its free; a free of an unknown address waits LEDGER_EARLY
 * seconds for the allocation, by another thread, that it belongs to. Inversions are far below a
 * microsecond where the clock is invariant; the first window is wide because a block that is given
 * twice has been freed in any case, the second narrow because a free of a block from before the
 * recording looks the same.
 */
#ifndef SEEP_ANALYSIS_LEDGER_H
#define SEEP_ANALYSIS_LEDGER_H

#include "analysis/cells.h"
#include "analysis/debts.h"
#include "analysis/keymap.h"
#include "analysis/live.h"
#include "analysis/maps.h"
#include "analysis/periods.h"
#include "analysis/places.h"
#include "analysis/releases.h"
#include "analysis/spectrum.h"
#include "analysis/steps.h"
#include "analysis/tally.h"
#include "analysis/waiting.h"

#define LEDGER_HANDOVER 1e-3
#define LEDGER_EARLY 1e-5

struct ledger {
  const struct periods *periods;
  struct places places;
  struct cells cells;
  struct live live;
  struct keymap shares; /* by address + 1: share_shift of the block that stands there, plus 1. Only
                           of traces that do not follow all blocks */
  bool exact;           /* debts are kept, else the two that wait for a while */
  struct debts debts;
  struct waiting superseded, early;
  struct releases releases;
  struct maps maps;
  struct steps steps;
  struct tally tally;
  struct spectrum spectrum;
  struct analysis_totals totals;
  uint64_t handover_ticks, early_ticks;
  double *activity;  /* per period: allocations of the process */
  size_t interval;   /* the period that the events have reached */
  uint64_t now;      /* stamp of the last event: time does not go back, whatever a trace says */
  uint64_t boundary; /* an event at or behind it changes interval or steps */
  bool failed;       /* no memory: what follows is not counted */
};

/* periods and sites must outlive the ledger. false: no memory; release it all the same. */
bool ledger_init(struct ledger *ledger, const struct trace *trace, const struct periods *periods,
                 struct sites *sites);
void ledger_release(struct ledger *ledger);

/* As in struct trace_visitor. */
void ledger_events(struct ledger *ledger, const struct trace_event *events, size_t count);
void ledger_sums(struct ledger *ledger, const struct trace_sums *sums);

/* After the last event: nothing waits any more, totals and steps are complete. */
void ledger_finish(struct ledger *ledger);

#endif

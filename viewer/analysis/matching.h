/* SPDX-License-Identifier: Apache-2.0
 *
 * Which block each free is of: events in, what happened to which block out (postings.h). Knows
 * nothing of files: events may come from anywhere, ordered by stamp.
 *
 * Where every block of the process has been recorded, allocations less frees of an address tell
 * whether it stands, whatever their order: frees and blocks wait for each other without limit
 * (debts.h). Where blocks from before the recording, or from a pause, may be freed, that would take
 * such frees for those of blocks to come. There only inverted stamps are repaired (see format.h,
 * Records): an allocation of a live address lets the older
 * block wait MATCHING_HANDOVER seconds for its free; a free of an unknown address waits
 * MATCHING_EARLY seconds for the allocation, by another thread, that it belongs to. Inversions are
 * far below a microsecond where the clock is invariant; the first window is wide because a block
 * that is given twice has been freed in any case, the second narrow because a free of a block from
 * before the recording looks the same.
 */
#ifndef SEEP_ANALYSIS_MATCHING_H
#define SEEP_ANALYSIS_MATCHING_H

#include "analysis/debts.h"
#include "analysis/heaps.h"
#include "analysis/keymap.h"
#include "analysis/live.h"
#include "analysis/maps.h"
#include "analysis/postings.h"
#include "analysis/releases.h"
#include "analysis/waiting.h"

#define MATCHING_HANDOVER 1e-3
#define MATCHING_EARLY 1e-5

struct matching {
  struct live live;
  struct keymap shares; /* by address + 1: share_shift of the block that stands there, plus 1. Only
                           of traces that do not follow all blocks */
  bool exact;           /* debts are kept, else the two that wait for a while */
  struct debts debts;
  struct waiting superseded, early;
  struct releases releases;
  struct maps maps;
  struct heaps heaps;
  struct keymap places; /* a stack together with a thread, to its number */
  uint32_t place_count;
  uint64_t last_key;
  uint32_t last_place; /* of last_key: most events have their predecessor's */
  struct postings *postings;
  uint64_t handover_ticks, early_ticks;
  uint64_t now; /* stamp of the last event: time does not go back, whatever a trace says */
  bool failed;  /* no memory: what follows is not told */
};

/* postings must outlive the matching. */
void matching_init(struct matching *matching, const struct trace *trace, struct postings *postings);
void matching_release(struct matching *matching);

/* As in struct trace_visitor. */
void matching_events(struct matching *matching, const struct trace_event *events, size_t count);
void matching_sums(struct matching *matching, const struct trace_sums *sums);

/* After the last event: nothing waits any more, and the end is told. */
void matching_finish(struct matching *matching);

#endif

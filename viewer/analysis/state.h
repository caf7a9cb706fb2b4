/* SPDX-License-Identifier: Apache-2.0
 *
 * What an analysis knows after its one pass over the trace. Only for the files of this folder.
 */
#ifndef SEEP_ANALYSIS_STATE_H
#define SEEP_ANALYSIS_STATE_H

#include "analysis/calendar.h"
#include "analysis/cuts.h"
#include "analysis/ledger.h"
#include "analysis/members.h"
#include "analysis/releases.h"
#include "analysis/survivors.h"

struct analysis {
  const struct trace *trace;
  struct symbols *symbols; /* may be NULL */
  struct rules *rules;
  struct moments moments;
  struct periods periods;
  struct cuts cuts; /* what queries call moments */
  struct sites sites;
  struct ledger ledger;
  struct releases releases;
  struct survivors survivors;
  struct members members;
  struct calendar calendar;
};

#endif

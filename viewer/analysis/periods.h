/* SPDX-License-Identifier: Apache-2.0
 *
 * The intervals that cohorts are kept for. Every moment is a bound of one; where moments are few,
 * what lies between two of them is divided further, evenly in time and in allocations, so that
 * growth can be told from a step without any mark. Period i lies between bounds i and i + 1; an
 * event on a bound belongs behind it.
 */
#ifndef SEEP_ANALYSIS_PERIODS_H
#define SEEP_ANALYSIS_PERIODS_H

#include "analysis/activity.h"
#include "analysis/moments.h"

#define PERIODS_WANTED 24 /* there are at least so many, as far as time can be divided */

struct periods {
  uint64_t *bounds;  /* by stamp */
  size_t count;      /* of the bounds: at least two */
  size_t *of_moment; /* the bound that each moment is */
};

/* Divides what lies between moments; release it in any case. false: no memory. */
bool periods_init(struct periods *periods, const struct moments *moments, struct trace *trace);
void periods_release(struct periods *periods);

/* The period that stamp lies in; what is before the start or behind the end counts to the first or
 * last one. */
size_t periods_at(const struct periods *periods, uint64_t stamp);

/* First stamp of a period, taking in all before for the first; one behind the last: UINT64_MAX. */
uint64_t periods_bound(const struct periods *periods, size_t index);

#endif

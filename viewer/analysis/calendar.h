/* SPDX-License-Identifier: Apache-2.0
 *
 * The time that verdicts are made over: a window of periods in which work was done, how much of it
 * in each, and from when on blocks of a period count as old. Work is what the marks say, else the
 * process's allocations with a little of the time: nothing grows while nothing happens.
 *
 * The window lies between the first and the last mark; from the only mark to the end; or, if that
 * mark has units, up to it; without marks it is the run without its first eighth.
 */
#ifndef SEEP_ANALYSIS_CALENDAR_H
#define SEEP_ANALYSIS_CALENDAR_H

#include "analysis/ledger.h"

#define CALENDAR_GAP                                                                               \
  0.125 /* of the window's work: a block is old when so much was done after it                     \
         */
#define CALENDAR_NEVER 0xffffffffu

struct calendar {
  size_t count;       /* periods */
  size_t first, last; /* the window: periods [first, last) */
  size_t settled;     /* the first period at whose end all that was born before the window is old */
  double *work;       /* per period: share of the window's work, which adds up to 1 */
  uint32_t *ripe;     /* per period: the first at whose end its blocks are old; or NEVER */
  size_t from_moment, to_moment; /* the window's ends; without marks the nearest moments */
  size_t named;                  /* intervals between marks inside the window */
  bool marked;                   /* the window was made by marks */
  double busy_s; /* of the run, from its beginning: nearly all of its work was done in it */
  bool brief;    /* without marks, and busy for so short a time: what was seen may be a start */
};

/* activity: per period; ticks: of the periods' bounds, in a second. false: no memory; release it
 * all the same. */
bool calendar_init(struct calendar *calendar, const struct moments *moments,
                   const struct periods *periods, const double *activity, double ticks);
void calendar_release(struct calendar *calendar);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The trace's clock: how long a tick is, from pairs of a stamp and CLOCK_MONOTONIC that were taken
 * together.
 */
#ifndef SEEP_TRACE_CLOCK_H
#define SEEP_TRACE_CLOCK_H

#include <seep/format.h>

struct clock_pairs { /* the two that are farthest apart; all 0: none seen */
  uint64_t first_stamp, first_ns, last_stamp, last_ns;
};

/* Notes a pair; one with a 0 is none. */
void clock_note(struct clock_pairs *pairs, uint64_t stamp, uint64_t monotonic_ns);

/* Ticks per second: by the pairs where they lie far enough apart, else the recorder's estimate
 * (0: none), else one a nanosecond. Never 0. */
double clock_rate(const struct clock_pairs *pairs, enum seep_clock clock, uint64_t estimate);

/* A stamp of this moment on this machine. */
uint64_t clock_now(enum seep_clock clock);
uint64_t clock_realtime_ns(void);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The clock of the stamps: the time stamp counter where it is invariant (CPUID says so), else
 * CLOCK_MONOTONIC. Read without a fence: the reader repairs what that may invert (see format.h).
 */
#ifndef SEEP_CLOCK_H
#define SEEP_CLOCK_H

#include <seep/format.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <x86intrin.h>

extern enum seep_clock clock_kind __attribute__((visibility("hidden")));

/* Chooses the clock; once, before any stamp. */
void clock_start(void);

/* Nanoseconds of clock (CLOCK_MONOTONIC, CLOCK_REALTIME, …). */
uint64_t clock_ns(clockid_t clock);

/* Before a filter of the target's forbids to ask the kernel, which with some clocks it takes a
 * system call for: CLOCK_MONOTONIC stays what it is now. */
void clock_stop(void);
bool clock_is_stopped(void);

/* Ticks per second, measured between an earlier pair and now; 0 when the time is too short. */
uint64_t clock_ticks_per_second(uint64_t stamp, uint64_t monotonic_ns);

static inline uint64_t clock_stamp(void) {
  if (__builtin_expect(clock_kind == SEEP_CLOCK_TSC, 1))
    return __rdtsc();
  return clock_ns(CLOCK_MONOTONIC);
}

#endif

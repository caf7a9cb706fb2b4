/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/clock.h"

#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#define CLOCK_SHORTEST_NS 10000000u /* pairs that are closer tell less than the first estimate */
#define CLOCK_NS 1e9

void clock_note(struct clock_pairs *pairs, uint64_t stamp, uint64_t monotonic_ns) {
  if (!stamp || !monotonic_ns)
    return;
  if (!pairs->first_stamp || stamp < pairs->first_stamp) {
    pairs->first_stamp = stamp;
    pairs->first_ns = monotonic_ns;
  }
  if (stamp > pairs->last_stamp) {
    pairs->last_stamp = stamp;
    pairs->last_ns = monotonic_ns;
  }
}

double clock_rate(const struct clock_pairs *pairs, enum seep_clock clock, uint64_t estimate) {
  if (clock == SEEP_CLOCK_MONOTONIC_NS)
    return CLOCK_NS;
  if (pairs->last_stamp > pairs->first_stamp && pairs->last_ns > pairs->first_ns &&
      pairs->last_ns - pairs->first_ns >= CLOCK_SHORTEST_NS)
    return (double)(pairs->last_stamp - pairs->first_stamp) /
           (double)(pairs->last_ns - pairs->first_ns) * CLOCK_NS;
  return estimate ? (double)estimate : CLOCK_NS;
}

static uint64_t clock_read_ns(clockid_t id) {
  struct timespec now;
  clock_gettime(id, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t clock_now(enum seep_clock clock) {
#if defined(__x86_64__)
  if (clock == SEEP_CLOCK_TSC)
    return __rdtsc();
#endif
  return clock_read_ns(CLOCK_MONOTONIC);
}

uint64_t clock_realtime_ns(void) {
  return clock_read_ns(CLOCK_REALTIME);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"

#include <cpuid.h>

enum seep_clock clock_kind = SEEP_CLOCK_TSC;

void clock_start(void) {
  unsigned a, b, c, d = 0;
  const unsigned invariant_tsc = 1u << 8;
  if (!__get_cpuid(0x80000007, &a, &b, &c, &d) || !(d & invariant_tsc))
    clock_kind = SEEP_CLOCK_MONOTONIC_NS;
}

uint64_t clock_ns(clockid_t clock) {
  struct timespec now = {0, 0};
  clock_gettime(clock, &now); /* the vdso: no system call, no allocation */
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t clock_ticks_per_second(uint64_t stamp, uint64_t monotonic_ns) {
  uint64_t ns = clock_ns(CLOCK_MONOTONIC) - monotonic_ns, ticks = clock_stamp() - stamp;
  if (clock_kind == SEEP_CLOCK_MONOTONIC_NS)
    return 1000000000u;
  return ns < 1000 ? 0 : (uint64_t)((double)ticks * 1e9 / (double)ns);
}

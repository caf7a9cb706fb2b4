/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"
#include "object.h"
#include "sys.h"

#include <cpuid.h>
#include <sys/auxv.h>

enum seep_clock clock_kind = SEEP_CLOCK_TSC;
static int (*kernels)(clockid_t clock, struct timespec *now);
static uint64_t stopped_ns;

/* The kernel's own function: libc's may be another preloaded library's (libfaketime), which tells
 * another time, and allocates when it is first asked. */
static void find_kernels(void) {
  const ElfW(Ehdr) *elf = (const void *)getauxval(AT_SYSINFO_EHDR);
  if (!elf)
    return;
  const struct dl_phdr_info info = {.dlpi_addr = (uintptr_t)elf,
                                    .dlpi_phdr = (const void *)((uintptr_t)elf + elf->e_phoff),
                                    .dlpi_phnum = elf->e_phnum};
  struct object object;
  if (object_describe(&object, &info))
    kernels =
        (int (*)(clockid_t, struct timespec *))object_function(&object, "__vdso_clock_gettime");
}

void clock_start(void) {
  find_kernels();
  unsigned a, b, c, d = 0;
  const unsigned invariant_tsc = 1u << 8;
  if (!__get_cpuid(0x80000007, &a, &b, &c, &d) || !(d & invariant_tsc))
    clock_kind = SEEP_CLOCK_MONOTONIC_NS;
}

uint64_t clock_ns(clockid_t clock) {
  struct timespec now = {0, 0};
  if (__builtin_expect(clock_is_stopped(), 0))
    return clock == CLOCK_REALTIME ? 0 : stopped_ns;
  if (!kernels || kernels(clock, &now))
    sys_call3(SYS_clock_gettime, clock, &now, 0);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void clock_stop(void) {
  stopped_ns = clock_ns(CLOCK_MONOTONIC);
}

bool clock_is_stopped(void) {
  return sys_is_forbidden(SYS_clock_gettime);
}

uint64_t clock_ticks_per_second(uint64_t stamp, uint64_t monotonic_ns) {
  uint64_t ns = clock_ns(CLOCK_MONOTONIC) - monotonic_ns, ticks = clock_stamp() - stamp;
  if (clock_kind == SEEP_CLOCK_MONOTONIC_NS)
    return 1000000000u;
  return ns < 1000 ? 0 : (uint64_t)((double)ticks * 1e9 / (double)ns);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls as the recorder makes them: directly, so that they are no cancellation points, leave
 * errno alone and never come back into our own hooks (mmap is one). A result from -4095 to -1 is a
 * negated errno.
 */
#ifndef SEEP_SYS_H
#define SEEP_SYS_H

#include <stdint.h>
#include <sys/syscall.h>

#ifdef SEEP_FAULTS
/* Only in the build of tests/faults: 0, or what the call returns in place of being made. */
long faults_strike(long number, long first);
#else
#define faults_strike(number, first) 0l
#endif

static inline long sys_call6(long number, long a, long b, long c, long d, long e, long f) {
  long result = faults_strike(number, a);
  if (result)
    return result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

#define sys_call3(number, a, b, c) sys_call6(number, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define sys_call4(number, a, b, c, d)                                                              \
  sys_call6(number, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

static inline int sys_failed(long result) {
  return (unsigned long)result > -4096ul;
}

#endif

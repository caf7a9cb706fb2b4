/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls as the recorder makes them: directly, so that they are no cancellation points, leave
 * errno alone and never come back into our own hooks (mmap is one). A result from -4095 to -1 is a
 * negated errno. What a seccomp filter of the target's would punish is not made at all (filter.h).
 */
#ifndef SEEP_SYS_H
#define SEEP_SYS_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

#ifdef SEEP_SYS_HOOK
/* Only in builds for tests: true, the call is not made, and *result is what it returns. */
bool sys_hook(long number, const long arguments[6], long *result);
#endif

/* Calls that a filter of the target's would punish: bit number % 64 of word number / 64. Set by
 * filter.c alone; here, so that whatever makes a call asks. */
#define SYS_NUMBERS 512
uint64_t sys_forbidden[SYS_NUMBERS / 64] __attribute__((weak, visibility("hidden")));

static inline bool sys_is_forbidden(long number) {
  return sys_forbidden[number / 64] >> number % 64 & 1;
}

/* A call that is the target's own doing. */
static inline long sys_make6(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

/* A call of ours. -ENOSYS: it must not be made. */
static inline long sys_call6(long number, long a, long b, long c, long d, long e, long f) {
  if (__builtin_expect(sys_is_forbidden(number), 0))
    return -ENOSYS;
#ifdef SEEP_SYS_HOOK
  long result;
  if (sys_hook(number, (const long[6]){a, b, c, d, e, f}, &result))
    return result;
#endif
  return sys_make6(number, a, b, c, d, e, f);
}

#define sys_call3(number, a, b, c) sys_call6(number, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define sys_call4(number, a, b, c, d)                                                              \
  sys_call6(number, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

static inline int sys_failed(long result) {
  return (unsigned long)result > -4096ul;
}

#endif

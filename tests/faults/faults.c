/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls of the recorder that fail, in a build of it for this test alone. FAULT_NTH counts
 * those that can fail in life, from 1; FAULT_ON=1 lets all that follow fail as well. A call that is
 * struck is not made, returns the error that its manual page names for want of a resource, and
 * leaves the file FAULT_STRUCK behind. FAULT_BUSY=N: from the N-th time on nobody is told how much
 * processor time a thread has used, so that what may take only so much of it has used it up.
 */
#include "../../preload/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const struct {
  short call, error;
} faults[] = {
    {SYS_openat, EMFILE},   {SYS_read, EIO},         {SYS_write, ENOSPC},
    {SYS_pwrite64, ENOSPC}, {SYS_fallocate, ENOSPC}, {SYS_mmap, ENOMEM},
    {SYS_mremap, ENOMEM},   {SYS_munmap, ENOMEM},    {SYS_madvise, EINVAL},
    {SYS_mincore, EAGAIN},  {SYS_fcntl, EMFILE},     {SYS_fstat, EIO},
    {SYS_readlink, EACCES}, {SYS_getcwd, ENOENT},    {SYS_getrandom, ENOSYS},
    {SYS_prlimit64, EPERM}, {SYS_unlink, EACCES},    {SYS_renameat2, EACCES},
    {SYS_renameat, EACCES}, {SYS_prctl, EINVAL},     {SYS_sched_getaffinity, EPERM},
    {SYS_uname, EFAULT},    {SYS_sysinfo, EFAULT},   {SYS_process_vm_readv, EPERM},
};

/* What is said on stderr is not struck: it is what the test wants to hear. */
static int error_of(long call, long first) {
  if (call == SYS_write && first == STDERR_FILENO)
    return 0;
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
    if (faults[i].call == call)
      return faults[i].error;
  return 0;
}

/* Not by sys.h: this one must not fail. */
static void leave_word(void) {
  const char *path = getenv("FAULT_STRUCK");
  long result;
  register long mode __asm__("r10") = 0600;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(SYS_openat), "D"(AT_FDCWD), "S"(path), "d"(O_CREAT | O_WRONLY | O_CLOEXEC),
                     "r"(mode)
                   : "rcx", "r11", "memory");
  if (result >= 0)
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(SYS_close), "D"(result)
                     : "rcx", "r11", "memory");
}

/* 0: it is told. */
static long strike_busy(void) {
  static atomic_long calls;
  const char *nth = environ ? getenv("FAULT_BUSY") : NULL;
  return nth && atomic_fetch_add(&calls, 1) + 1 >= atol(nth) ? -EINVAL : 0;
}

bool sys_hook(long call, const long arguments[6], long *result) {
  if (call == SYS_clock_gettime && arguments[0] == CLOCK_THREAD_CPUTIME_ID) {
    *result = strike_busy();
    return *result != 0;
  }
  static atomic_long calls;
  int error = error_of(call, arguments[0]);
  const char *nth = error && environ ? getenv("FAULT_NTH") : NULL;
  if (!nth)
    return false;
  long number = atomic_fetch_add(&calls, 1) + 1, wanted = atol(nth);
  if (number != wanted && !(number > wanted && getenv("FAULT_ON")))
    return false;
  if (number == wanted)
    leave_word();
  *result = -error;
  return true;
}

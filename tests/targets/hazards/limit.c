/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes that give up rights after their start.
 */
#include "hazards.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROUNDS 50000

/* No file can be opened, made larger or looked at any more; what is open can be written. */
int limit_seccomp(const char *argument) {
  (void)argument;
#define DENY(call)                                                                                 \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1),                                           \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      DENY(openat),
      DENY(open),
      DENY(ftruncate),
      DENY(fallocate),
      DENY(newfstatat),
      DENY(fstat),
      DENY(readlink),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
#undef DENY
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  hazard_churn(ROUNDS);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
    return hazard_fail("seccomp");
  hazard_churn(ROUNDS);
  return 0;
}

/* argument is an empty directory: neither /proc nor any library is there any more. */
int limit_chroot(const char *argument) {
  hazard_churn(ROUNDS);
  if (chroot(argument) || chdir("/"))
    return hazard_fail("chroot");
  hazard_churn(ROUNDS);
  return 0;
}

/* The same without a descriptor left over, as sandboxes do it; and blocks that stay. */
int limit_sandbox(const char *argument) {
  closefrom(3);
  if (chroot(argument) || chdir("/"))
    return hazard_fail("chroot");
  for (int times = 0; times < 3; times++)
    if (!malloc(777))
      return hazard_fail("malloc");
  return 0;
}

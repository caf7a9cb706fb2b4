/* SPDX-License-Identifier: Apache-2.0
 *
 * What /proc says of a process that matters before it is touched.
 */
#ifndef SEEP_ATTACH_STANDING_H
#define SEEP_ATTACH_STANDING_H

#include <stdbool.h>
#include <sys/types.h>

struct standing {
  bool there;
  char state;          /* as in /proc/PID/status: 'T' stopped, 'Z' ended */
  pid_t tracer;        /* 0: nobody traces it */
  int seccomp;         /* 2: a filter is in force */
  bool shadow_stack;   /* it has a second stack of return addresses, which a call of ours breaks */
  unsigned uid, scope; /* whose it is; what yama allows */
  double seconds;      /* since it was started */
  pid_t inner_pid;     /* its number in its own namespace */
};

struct standing standing_of(pid_t pid);

#endif

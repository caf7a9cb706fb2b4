/* SPDX-License-Identifier: Apache-2.0
 *
 * The threads of a process.
 */
#ifndef SEEP_ATTACH_TASKS_H
#define SEEP_ATTACH_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct task {
  pid_t tid;
  bool sleeps; /* it waits in a system call */
};

/* All there are, to be freed; NULL: it is gone, or there is no memory. */
struct task *tasks_list(pid_t pid, size_t *count);

#endif

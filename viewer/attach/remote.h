/* SPDX-License-Identifier: Apache-2.0
 *
 * One thread of a process, held still with ptrace. While it is held the other threads run. It is
 * seized, never attached to: no signal is sent, and should we be killed it runs on from where it
 * stands.
 */
#ifndef SEEP_ATTACH_REMOTE_H
#define SEEP_ATTACH_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

struct remote {
  pid_t pid, tid;
  struct user_regs_struct registers; /* as it was stopped */
  bool called;                       /* it has made system calls for us */
};

/* Stops the thread. false: *error is an errno (ESRCH: it is gone, EPERM: no right to); it is not
 * held then. */
bool remote_hold(struct remote *remote, pid_t pid, pid_t tid, int *error);
/* Lets it go on where it was stopped, as if it had not been: a system call that the stop has
 * interrupted is made again, unless a signal handler comes first. */
void remote_release(struct remote *remote);

/* Whether it was stopped inside a system call; its number. */
bool remote_in_call(const struct remote *remote, long *number);
/* The registers with which it would make its interrupted call again by itself. */
struct user_regs_struct remote_resuming(const struct remote *remote);

/* Has it make a system call, with the instruction that stands at address `at` in it. false: it is
 * gone. */
bool remote_call(struct remote *remote, uint64_t at, long number, const uint64_t arguments[6],
                 int64_t *result);

/* The signals that it has blocked. */
bool remote_get_mask(const struct remote *remote, uint64_t *mask);

/* Writes its memory, be it writable to itself or not. */
bool remote_write(const struct remote *remote, uint64_t to, const void *from, size_t bytes);

/* Lets it run from pc on a stack that ends at stack, with all signals blocked. It is held no more.
 */
bool remote_start(struct remote *remote, uint64_t pc, uint64_t stack);

#endif

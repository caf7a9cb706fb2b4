/* SPDX-License-Identifier: Apache-2.0
 *
 * The few lines that the recorder may put on the target's stderr: each says what is not recorded
 * and why, and each is said once.
 */
#ifndef SEEP_MESSAGE_H
#define SEEP_MESSAGE_H

#include <stdbool.h>

enum message {
  MESSAGE_WRITE,         /* the trace cannot be written */
  MESSAGE_CREATE,        /* the trace cannot be made: nothing is recorded */
  MESSAGE_STAGE,         /* the stage cannot be made: nothing is recorded */
  MESSAGE_SLOT,          /* no memory or disk for a thread's records */
  MESSAGE_HIDDEN,        /* the executable has an allocator of its own */
  MESSAGE_IN_FRONT,      /* another library's malloc is called in place of ours */
  MESSAGE_TAKEN,         /* our hooks are what is called, and are not reached */
  MESSAGE_EXISTS,        /* a running target writes this trace */
  MESSAGE_FILTER,        /* a seccomp filter keeps us from writing */
  MESSAGE_STRICT,        /* a thread goes into seccomp's strict mode */
  MESSAGE_NO_CLOCK,      /* the time stamp counter is forbidden */
  MESSAGE_LIMIT,         /* the trace has the size that it may have */
  MESSAGE_REQUESTS,      /* client requests cannot be taken */
  MESSAGE_REQUESTS_LATE, /* nor those of a module that came later */
  MESSAGE_MODULES,       /* there are more libraries than are told apart */
  MESSAGE_COUNT
};

/* While held, messages are not written: whoever is about to read the result says it better. Gives
 * the error of the last message that was held, or 0. */
int message_hold(bool held);

/* path may be empty, error is an errno or 0. */
void message_once(enum message message, const char *path, int error);

#endif

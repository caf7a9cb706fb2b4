/* SPDX-License-Identifier: Apache-2.0
 *
 * While the recorder works at length (a drain, the making of a slot), no handler of the target runs
 * on this thread: it would run on our stack, and might allocate. Signals are held back, not lost.
 */
#ifndef SEEP_SIGNALS_H
#define SEEP_SIGNALS_H

#include "sys.h"
#include <errno.h>
#include <signal.h>
#include <stdint.h>

/* Blocks everything; gives the mask to be restored. */
static inline uint64_t signals_block(void) {
  uint64_t all = ~(uint64_t)0, before = 0;
  sys_call4(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, 8);
  return before;
}

static inline void signals_restore(uint64_t before) {
  sys_call4(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, 8);
}

/* Takes back the signal that a write of ours has made pending: without this it would end the target
 * for what we did. To be called between block and restore, with what the write gave. */
static inline void signals_drop(long written) {
  if (written != -EFBIG && written != -EPIPE)
    return;
  uint64_t set = 1ull << ((written == -EFBIG ? SIGXFSZ : SIGPIPE) - 1);
  const int64_t now[2] = {0, 0};
  sys_call4(SYS_rt_sigtimedwait, &set, 0, now, 8);
}

#endif

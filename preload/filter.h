/* SPDX-License-Identifier: Apache-2.0
 *
 * Seccomp filters that the target puts upon itself. A filter may end a process for a call, and ours
 * are calls that the program's author never thought of. So whoever installs one by way of the C
 * library is noticed before it holds: the filter is read, it is found out which of our calls it
 * would punish, and those are not made from then on (sys_forbidden). Whatever is no plain
 * permission and no plain error is a punishment: signals, tracers, supervisors, audit logs.
 *
 * A filter of one thread counts for all: which of them have it is not known.
 */
#ifndef SEEP_FILTER_H
#define SEEP_FILTER_H

#include "sys.h"

struct sock_fprog;

/* What is forbidden, as in sys_forbidden. */
struct filter_state {
  uint64_t forbidden[SYS_NUMBERS / 64];
};

struct filter_state filter_now(void);
/* What will be once the filter holds, too. Takes some tens of microseconds. */
struct filter_state filter_with(const struct sock_fprog *program);
void filter_set(const struct filter_state *state);

bool filter_lets_call(const struct filter_state *state, long number);
/* Whether what is in a slot can be written into the trace. */
bool filter_lets_drain(const struct filter_state *state);

#endif

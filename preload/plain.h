/* SPDX-License-Identifier: Apache-2.0
 *
 * The plain way to a stack: all of it, each time, by libunwind. For "--unwind libunwind", and where
 * the C library cannot find unwind data without a lock.
 */
#ifndef SEEP_PLAIN_H
#define SEEP_PLAIN_H

#include "frames.h"

/* Makes the state's frames those of the stack from pc and sp on. Frames that did not change since
 * the last call keep their ids. */
void plain_walk(struct capture *state, uintptr_t pc, uintptr_t sp);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a call of malloc, as the program's own would be, arrives at our hooks. It does not where
 * the executable exports an allocator, or where a library that stands in front of ours in the
 * search order has one and does not call on. (Calls that are bound inside a module are not found
 * here: `seep doctor` looks for those.)
 */
#ifndef SEEP_SELFTEST_H
#define SEEP_SELFTEST_H

#include "message.h"
#include "thread.h"

/* In our constructor, with a thread that has entered. MESSAGE_COUNT: it arrives; else what is to be
 * said, of the module at path. Leaves no record and no count. */
enum message selftest(struct thread *thread, const char **path);

#endif

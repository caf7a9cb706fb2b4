/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a call of malloc, as the program's own would be, arrives at our hooks. It does not where
 * the executable exports an allocator, or where a library that stands in front of ours in the
 * search order has one and does not call on. (Calls that are bound inside a module are not found
 * here: `seep doctor` looks for those.)
 */
#ifndef SEEP_SELFTEST_H
#define SEEP_SELFTEST_H

#include "thread.h"

/* In our constructor, with a thread that has entered. NULL: it arrives; else the path of the module
 * that takes it, as the loader knows it ("" for the executable). Leaves no record and no count. */
const char *selftest_culprit(struct thread *thread);

#endif

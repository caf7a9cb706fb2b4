/* SPDX-License-Identifier: Apache-2.0
 *
 * The rig of the capture's tests: captured stacks, read back from the tree of contexts, against
 * libunwind's unw_step from the same place. Include it in place of <cmocka.h>.
 */
#ifndef SEEP_TEST_STACKS_H
#define SEEP_TEST_STACKS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture.h"

extern __thread struct capture *stacks_self;  /* of this thread */
extern _Atomic unsigned long stacks_compared; /* since stacks_begin */
extern bool stacks_comparing;                 /* whether stacks_hook does */
extern uint32_t stacks_last_id;               /* of stacks_hook */
extern bool stacks_last_truncated;

/* Group set-up: capture, libunwind and contexts, and the first thread. 0: done. */
int stacks_start(void **state);
/* Test set-up: nothing is compared yet. */
int stacks_begin(void **state);
/* Each further thread needs a state, and gives it back. */
void stacks_thread_start(void);
void stacks_thread_stop(void);
/* A fresh state, captured in another way. */
void stacks_restart(enum capture_way way, uint32_t depth, uint32_t verify_every);

/* What a hook does: captures where it is called, and compares. */
void stacks_hook(void);
/* The path of id against libunwind's from (pc, sp). */
void stacks_compare(uint32_t id, uintptr_t pc, uintptr_t sp);
/* Frames of the path of an id. */
uint32_t stacks_depth_of(uint32_t id);
/* At least so many were compared, and none differed. */
void stacks_check_agreed(unsigned long least);

/* A stack of depth frames of one function; hook at the innermost. Gives depth + 1. */
int stacks_descend(int depth);
/* Hooks on the way down and up again. Gives the sum of the depths. */
int stacks_recurse(int depth);
/* Hooks in frames of all kinds, in a random order, which differs by thread after stacks_seed. */
void stacks_wander(int depth);
void stacks_seed(uint64_t number);
uint32_t stacks_random(void);

#endif

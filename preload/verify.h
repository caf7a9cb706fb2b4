/* SPDX-License-Identifier: Apache-2.0
 *
 * SEEP_VERIFY: compares a captured stack, frame by frame, with what libunwind's unw_step finds from
 * the same place. Disagreements wait in a small queue until the recorder writes them to the trace.
 */
#ifndef SEEP_VERIFY_H
#define SEEP_VERIFY_H

#include "capture.h"
#include "frames.h"

#define VERIFY_FRAMES 64 /* of each stack that are kept: the innermost */

struct verify_disagreement {
  uint32_t ours_count, theirs_count; /* of the whole stacks */
  uintptr_t ours[VERIFY_FRAMES];     /* code addresses, innermost first */
  uintptr_t theirs[VERIFY_FRAMES];
};

/* Checks the state's frames, which are those of the stack right now, from pc and sp on. */
void verify_stack(struct capture *state, uintptr_t pc, uintptr_t sp);
/* Takes the oldest disagreement from the queue; false: none, or another thread is at the queue. */
bool verify_take(struct verify_disagreement *out);
struct capture_counts verify_counts(void);
/* In a forked child: counts from 0, the queue empty. */
void verify_restart(void);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Moves a block from its slot into the trace: pairs cancel, survivors are written. Signals are
 * blocked meanwhile, and the work is done on a workspace's stack.
 */
#ifndef SEEP_DRAIN_H
#define SEEP_DRAIN_H

#include "thread.h"

/* Whether blocks can be written out: a filter of the target's may forbid what that takes. */
bool drain_may(void);
/* The caller's own block, which may grow on afterwards. false: the process is at its end, and reads
 * it: nothing more may be written there. */
bool drain_full(struct thread *thread);
/* The caller's own last block: its thread ends. Its slot stays locked. false: it was locked already
 * (the process is at its end), or it may not: the thread must leave the slot alone. */
bool drain_last(struct thread *thread);
/* At the end of the process, the caller's own block, and another thread's: the slot stays locked,
 * so that its owner, if it still runs, never writes the same records again. false: they stay in
 * the stage, since its owner is at it, or they cannot be written. */
bool drain_finally(struct thread *thread);
bool drain_foreign(struct seep_slot *slot);
/* Adds the slot's counters to the stage's totals and clears them. */
void drain_add_counts(struct seep_slot *slot);

/* Writes a STATE (or END) frame: clock pair and counters as of now. false: it is not in the trace.
 */
bool drain_write_state(enum seep_frame_type type);

#endif

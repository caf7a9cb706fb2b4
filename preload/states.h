/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of threads' states: made when a thread has its first event, given back at its end, and
 * taken again by another. It stays mapped, so that all there are can be looked at.
 */
#ifndef SEEP_STATES_H
#define SEEP_STATES_H

#include "thread.h"

/* A state, zeroed, with its capture state; NULL: no memory. */
struct thread *states_take(void);
void states_give_back(struct thread *thread);

/* Every state there is, given back or not. */
void states_each(void (*visit)(struct thread *thread, void *data), void *data);

/* In a forked child, which finds all of them wiped. */
void states_forget(void);

#endif

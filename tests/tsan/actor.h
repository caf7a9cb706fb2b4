/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread that allocates, frees, and hands blocks to others, as a plan says.
 */
#ifndef RACE_ACTOR_H
#define RACE_ACTOR_H

#include "plan.h"
#include "race.h"

#include <stddef.h>

struct actor;

/* Before the first. */
void actor_start(const struct plan *plan, struct race_truth *truth, uint64_t seed);
/* Begins a life in a thread of its own, if there may be one more. */
void actor_spawn(void);
/* All lives have begun and ended. */
bool actor_all_gone(void);
/* In a forked child: one life on this thread, of so many turns. */
void actor_live_in_child(unsigned turns);

#endif

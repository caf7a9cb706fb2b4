/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls of the recorder's hooks: by many ways, in all forms, under the plan's adversities; each is
 * written down.
 */
#ifndef RACE_ORDER_H
#define RACE_ORDER_H

#include "plan.h"
#include "race.h"

struct order_maker { /* a thread that calls */
  struct race_actor *truth;
  uint32_t number;
  uint32_t pooled; /* the number that its blocks of pools have, or 0 */
  uint64_t random;
};

/* Before the first. */
void order_start(const struct plan *plan, struct race_truth *truth);
/* false: there are no numbers left. */
bool order_begin(struct order_maker *maker, uint64_t seed);
/* Below a bound, by chance. */
uint32_t order_draw(struct order_maker *maker, uint32_t below);
/* Has nearly all the blocks that it can have. */
bool order_is_exhausted(const struct order_maker *maker);

/* The block; 0: there is none. */
uint64_t order_allocate(struct order_maker *maker);
uint64_t order_resize(struct order_maker *maker, uint64_t old);
/* Any thread's block, by any thread. */
void order_free(uint64_t address);
/* One of the things that a plan has beside that: calls that fail, hooks that are left, pools. */
void order_odd(struct order_maker *maker);
/* Ends the thread in the middle of a hook. */
void order_leave_for_good(struct order_maker *maker) __attribute__((noreturn));

#endif

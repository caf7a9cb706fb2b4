/* SPDX-License-Identifier: Apache-2.0
 *
 * Which frees have their stack taken. A stack per free would cost as much as one per allocation,
 * and where most of a site's blocks die is known after few. So each calling place (by its return
 * address and depth of the stack, hashed) has windows of its own, and of each window one free is
 * drawn, at a place that chance gives: nothing periodic can hide from it or be seen by it alone.
 * Windows begin with one free and widen, over the whole process, up to SEEP_FREE_STACKS frees: a
 * rare path has its first frees taken, a busy one one in thousands.
 *
 * A free of a window of n has the chance 1/n whatever the program does, so a sample that counts n
 * times makes sums that are right on the average.
 */
#ifndef SEEP_FREES_H
#define SEEP_FREES_H

#include <stdbool.h>
#include <stdint.h>

#define FREES_PLACES 512
#define FREES_WINDOW 4096 /* the widest, where the option does not say it */
#define FREES_WINDOW_MAX 65535

struct frees_count {
  int32_t left;          /* frees to let pass before the drawn one */
  uint16_t rest, window; /* of the window behind the drawn one; the whole, 0: none is open */
};

/* A thread's; zeroed memory is a beginning. */
struct frees {
  struct frees_count counts[FREES_PLACES];
  uint32_t random;
};

/* The count for frees called from pc at some depth of the stack. */
static inline struct frees_count *frees_count_at(struct frees *frees, uintptr_t pc,
                                                 uintptr_t depth) {
  return &frees->counts[(pc ^ depth >> 4) % FREES_PLACES];
}

/* The count for frees called from a hook with this frame (as of __builtin_frame_address). */
static inline struct frees_count *frees_count(struct frees *frees, const uintptr_t *frame) {
  return frees_count_at(frees, frame[1], (uintptr_t)frame);
}

/* Counts a free; true: frees_draw must say what becomes of it. */
static inline bool frees_due(struct frees_count *count) {
  return __builtin_expect(--count->left < 0, 0);
}

/* How many frees this one stands for, if its stack is to be taken; else 0. */
uint32_t frees_draw(struct frees *frees, struct frees_count *count);

#endif

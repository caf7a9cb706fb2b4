/* SPDX-License-Identifier: Apache-2.0
 *
 * What a race consists of.
 */
#ifndef RACE_PLAN_H
#define RACE_PLAN_H

enum plan_flag {
  PLAN_LATE = 1,        /* threads free from destructors of their own, in every round */
  PLAN_NEST = 2,        /* hooks are called from inside of hooks */
  PLAN_LEAVE = 4,       /* hooks are left by longjmp and by the end of the thread */
  PLAN_FAIL = 8,        /* calls fail */
  PLAN_PLUGINS = 16,    /* libraries come and go, and are on stacks */
  PLAN_MARKS = 32,      /* marks are put from inside and from outside */
  PLAN_PAUSES = 64,     /* recording is paused and resumed from outside */
  PLAN_POOLS = 128,     /* pools are told of */
  PLAN_FORKS = 256,     /* any thread forks */
  PLAN_WATCH = 512,     /* the stage is read from outside meanwhile */
  PLAN_EXIT = 1024,     /* the process ends while they run */
  PLAN_SESSIONS = 2048, /* the recorder is opened by a running process, again and again */
};

struct plan {
  const char *name;
  unsigned threads; /* alive at once, about */
  unsigned lives;   /* in all */
  unsigned turns;   /* of a life */
  unsigned ways;    /* different stacks that all threads share; each has others of its own */
  unsigned flags;
};

/* NULL: there is none of that name. */
const struct plan *plan_find(const char *name);

#endif

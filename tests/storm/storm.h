/* SPDX-License-Identifier: Apache-2.0
 *
 * storm does everything at once that a service may do to a recorder, and knows what it has: each
 * block of its own stands in a log, in a file that it maps MAP_SHARED and that outlives it. A block
 * is entered after it was allocated and struck out before it is freed, so at any moment the log
 * holds blocks that live, and lacks at most one for each thread. What a block is for is its class,
 * which its size tells; each class is allocated in a function of its own.
 */
#ifndef STORM_H
#define STORM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORM_MAGIC 0x6d726f7473656570ull
#define STORM_LOG (1u << 17)
#define STORM_ACTORS 32
/* Sizes of blocks of our own: STEP * (class + CLASSES * n) + REST. */
#define STORM_SIZE_STEP 16u
#define STORM_SIZE_REST 5u
#define STORM_CLASSES 16u

enum storm_class {
  STORM_CHURN = 1, /* freed by the thread that allocated them */
  STORM_EXCHANGE,  /* freed by any thread */
  STORM_RESIZE,    /* resized by any thread, then freed */
  STORM_PLUGIN_A,  /* allocated in a library that comes and goes, */
  STORM_PLUGIN_B,  /* … and in another that takes its place */
  STORM_THROW,     /* freed by destructors while an exception passes */
  STORM_VICTIM,    /* of threads that end in every way there is */
  STORM_LATE,      /* allocated by destructors of a thread's data */
  STORM_SIGNAL,    /* by signal handlers, wherever they come */
  STORM_CHILD,     /* of forked children, which keep STORM_CHILD_BLOCKS of them */
};
#define STORM_CHILD_BLOCKS 10

struct storm_entry {
  _Atomic uint64_t address; /* 0: free */
  _Atomic uint64_t size;    /* 0: not yet entered in full */
};

struct storm_totals { /* of a class */
  _Atomic uint64_t allocations, frees;
};

struct storm_truth {
  uint64_t magic;
  uint32_t log_entries, classes, actors, zero;
  _Atomic uint64_t pulse[STORM_ACTORS]; /* each actor's: a watchdog looks whether it goes on */
  struct storm_totals totals[STORM_CLASSES];
  struct storm_entry log[STORM_LOG];
};

#endif

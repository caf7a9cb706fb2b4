/* SPDX-License-Identifier: Apache-2.0
 *
 * What the program truth knows about its own memory, in a file that it maps MAP_SHARED and that
 * therefore outlives it. Blocks live in slots. Before each call a thread writes what it is about to
 * do (its intent), after the call what came of it, then it brings the slot up to date and clears
 * the intent. So at any moment the live set is the slots, but for one call per thread.
 */
#ifndef TRUTH_H
#define TRUTH_H

#include <stdint.h>

#define TRUTH_MAGIC 0x6874757274736565ull
#define TRUTH_THREADS 16
#define TRUTH_SLOTS 1024

/* Blocks of truth's own have sizes that no other block of the process has. */
#define TRUTH_SIZE_STEP 16u
#define TRUTH_SIZE_REST 5u

enum truth_call {
  TRUTH_NONE = 0,
  TRUTH_ALLOCATE = 1,
  TRUTH_FREE = 2,
  TRUTH_RESIZE = 3,
};

struct truth_block {
  uint64_t address, size; /* address 0: none */
};

struct truth_intent {
  uint32_t call; /* enum truth_call; written last before, and cleared last after */
  uint32_t slot;
  uint32_t returned; /* the call has returned: what follows is the result */
  uint32_t zero;
  struct truth_block old;   /* FREE, RESIZE */
  struct truth_block fresh; /* ALLOCATE, RESIZE; address 0 until it returned */
  uint64_t calls;           /* done before this one */
};

struct truth {
  uint64_t magic;
  uint64_t threads;
  struct truth_intent intents[TRUTH_THREADS];
  struct truth_block slots[TRUTH_SLOTS];
};

#endif

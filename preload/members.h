/* SPDX-License-Identifier: Apache-2.0
 *
 * Which blocks are out of which pool, so that a pool that is emptied as a whole frees each of them.
 * A pool is known by any number, mostly its address; where nothing else is said, it begins, without
 * flags, with its first block.
 *
 * Any thread may call at any time, with its guard set (thread.h): a signal handler must not come in
 * between. Pools are spread over shards with a lock each, which is held for some dozens of
 * nanoseconds. This is the one place where the recorder waits: what a pool holds has to be exact,
 * and a thread that was interrupted with the lock needs the processor to give it back. It waits a
 * second at most, and then never again for that lock: whoever does not get it is told so, and
 * nothing was changed.
 */
#ifndef SEEP_MEMBERS_H
#define SEEP_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum members_result {
  MEMBERS_DONE,
  MEMBERS_NONE, /* there is no such pool or block */
  MEMBERS_MORE, /* none of those that were looked at: call again */
  MEMBERS_BUSY, /* the lock or memory was not to be had */
};

struct members_block {
  uintptr_t address;
  size_t size;
  uint32_t flags; /* of the pool; set by every function */
};

/* There is a pool with these flags, which are the caller's. */
enum members_result members_begin(uintptr_t pool, uint32_t flags);

/* Notes that block is out of pool. MEMBERS_DONE with *was: it was out already. */
enum members_result members_add(uintptr_t pool, struct members_block *block, bool *was);
/* block went back. *found is what was noted of it. */
enum members_result members_remove(uintptr_t pool, uintptr_t address, struct members_block *found);

/* Takes blocks out one by one: those that have a byte inside of from … from + size - 1 or, with
 * outside, those that have one that is not. Zero-initialise the state. MEMBERS_NONE: no more. */
struct members_range {
  uintptr_t from;
  size_t size;
  bool outside;
};
struct members_walk {
  uint32_t left; /* private: blocks still to be looked at, plus 1 */
};
enum members_result members_take(uintptr_t pool, const struct members_range *range,
                                 struct members_walk *walk, struct members_block *found);
/* The pool is gone; its blocks, if any are left, belong to nobody. *flags: what it had, or 0. */
enum members_result members_end(uintptr_t pool, uint32_t *flags);

/* In a forked child: what another thread was changing is forgotten. */
void members_forget(void);

#endif

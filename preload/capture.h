/* SPDX-License-Identifier: Apache-2.0
 *
 * From a call to the id of its stack. Two steps around the real call, so that the look-up's cache
 * miss is hidden behind it:
 *
 *     struct capture_path path;
 *     capture_walk(state, pc, sp, rbp, &path);   stack → path hash; prefetches the table
 *     result = real_malloc(size);
 *     id = capture_resolve(state, &path);        path hash → context id
 *
 * A capture state belongs to one thread. Nothing allocates from the heap, waits or fails: where a
 * stack cannot be had whole, the id stands for what could be had, flagged.
 */
#ifndef SEEP_CAPTURE_H
#define SEEP_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture; /* a thread's cached frames */

struct capture_path {
  uint64_t hash;       /* of the whole path, first lane */
  uint32_t hash_low;   /* second lane: 96 bits in all */
  uint32_t id;         /* where it is known already; else 0 */
  uint32_t generation; /* of the state, to see that another capture came between */
  bool truncated;
  uint8_t
      flags; /* the walk sets 0; what it is at resolving is the innermost node's, if it is new */
  uint64_t pc, sp, rbp; /* where the walk began, to walk again */
};

struct capture_place { /* a call: see CAPTURE_HERE */
  uintptr_t pc, sp, rbp;
};

enum capture_way {
  CAPTURE_AUTO,      /* by unwind rows of our own, libunwind for what they cannot say */
  CAPTURE_LIBUNWIND, /* every stack by libunwind */
};

struct capture_options {
  enum capture_way way;
  uint32_t depth;        /* most frames of a stack; 0: no limit */
  uint32_t verify_every; /* SEEP_VERIFY: every N-th capture is checked; 0: none */
};

/* Where a hook was called from, for capture_walk: the return address, sp as it is behind the
 * return, and the caller's rbp. To be used in the hook itself: a function that is not inlined, has
 * a frame pointer (-fno-omit-frame-pointer) and no local that needs more than the stack's usual
 * alignment (for then its frame does not stand where it was called). */
#define CAPTURE_HERE(pc, sp, rbp) CAPTURE_AT(__builtin_frame_address(0), pc, sp, rbp)
/* The same, of a hook's frame that was handed on. */
#define CAPTURE_AT(frame, pc, sp, rbp)                                                             \
  do {                                                                                             \
    const uintptr_t *capture_frame = (frame);                                                      \
    (pc) = capture_frame[1];                                                                       \
    (sp) = (uintptr_t)(capture_frame + 2);                                                         \
    (rbp) = capture_frame[0];                                                                      \
  } while (0)

/* Before any thread captures; may be in the first event, before constructors. Where a recording has
 * ended it may be called again, with other options, and capture_restart after it. libunwind is
 * opened later, by fallback_start in our constructor. Until then, and without it, stacks end where
 * only libunwind could go on, and CAPTURE_LIBUNWIND goes by unwind rows. */
void capture_start(const struct capture_options *options);
/* In a forked child that records: forget ids, which belonged to the parent's trace. */
void capture_restart(void);

/* Bytes of a capture state; capture_init prepares zeroed memory of that size. Its pages are touched
 * as stacks grow deep. */
size_t capture_state_bytes(void);
void capture_init(struct capture *state);
/* Gives back what a state mapped for deep stacks; its memory may then be used for anything, or made
 * a state again. */
void capture_end(struct capture *state);

void capture_walk(struct capture *state, uintptr_t pc, uintptr_t sp, uintptr_t rbp,
                  struct capture_path *path);
uint32_t capture_resolve(struct capture *state, struct capture_path *path);

/* To be called when the caller of a hook is the dynamic loader: looks whether modules came or went,
 * and drops cached rules if so. caller: the hook's return address. */
void capture_module_check(uintptr_t caller);

/* Of SEEP_VERIFY: captures that were checked and agreed or not; those chosen that could not be
 * compared (code without unwind data, stacks cut short, no libunwind). */
struct capture_counts {
  uint64_t verified, skipped, disagreements;
};
struct capture_counts capture_verification(void);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * libunwind, for what rules cannot say: single complex steps, every stack when the user wants that
 * way, and the check of our own stacks. This is the only file that knows it. It is opened at run
 * time (it need not be there), privately, so that its symbols never shadow the target's.
 *
 * libunwind looks up unwind data with dl_iterate_phdr, which takes a lock of the loader
 * (dl_load_write_lock: held while the list of modules changes or is read, not while constructors
 * run). It is never called when our caller is the loader itself. A thread that waits for that lock
 * can only wait for ever if the target holds it in a dl_iterate_phdr callback that in turn waits
 * for a lock which our thread holds across an allocation; that is why it is opened only
 * where the user has decided for it: "--unwind libunwind", SEEP_VERIFY.
 *
 * A complex step needs up to 8 KiB of the thread's stack.
 */
#ifndef SEEP_FALLBACK_H
#define SEEP_FALLBACK_H

#include "step.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fallback; /* a thread's working memory: fallback_bytes() of it, zeroed */
size_t fallback_bytes(void);

/* Has a library's calls of a function go elsewhere (got_bind). */
typedef void fallback_bind(uintptr_t inside, const char *name, uintptr_t elsewhere);

/* In the constructor: may allocate. bind keeps libunwind from descriptors of its own; NULL: let it.
 * false: libunwind is not there; all else gives nothing then. */
bool fallback_start(fallback_bind *bind);
bool fallback_is_open(void);
/* Modules came or went: libunwind's caches are to be dropped. */
void fallback_flush(void);

enum fallback_result {
  FALLBACK_STEPPED,
  FALLBACK_OUTERMOST,
  FALLBACK_NOTHING, /* not there, not now (the caller is the loader), or it knows no further */
};

/* From a frame of the calling thread's current stack to its caller's. caller: the return address of
 * the hook. */
enum fallback_result fallback_step(struct fallback *memory, uintptr_t caller,
                                   struct step_frame *frame);

/* All frames from the one with this pc and sp on, innermost first, one by one and exactly as
 * libunwind's unw_step finds them; pcs of interrupted frames carry STEP_EXACT. Returns how many, at
 * most `most`; 0: nothing. */
uint32_t fallback_walk(struct fallback *memory, uintptr_t pc, uintptr_t sp, uintptr_t *pcs,
                       uint32_t most);

/* The same, quickly (unw_backtrace), until the first flush; from then on one by one, for its cache
 * cannot be flushed. STEP_EXACT is not set. *complete: not cut by most. */
uint32_t fallback_backtrace(struct fallback *memory, uintptr_t pc, uintptr_t sp, uintptr_t *pcs,
                            uint32_t most, bool *complete);

#endif

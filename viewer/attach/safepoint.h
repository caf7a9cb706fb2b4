/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a thread that is held stands where it can be made to call dlopen: it must hold neither
 * the loader's lock nor the allocator's, and no other of the C library's that these take. That is
 * told from its whole stack, unwound with elfutils: no frame of the loader, of an allocator, or of
 * a function of libc that keeps such a lock. Where the stack cannot be unwound to its end the
 * answer is no.
 */
#ifndef SEEP_ATTACH_SAFEPOINT_H
#define SEEP_ATTACH_SAFEPOINT_H

#include "attach/remote.h"

struct safepoint; /* what is known of a process's code */

/* NULL: no such process, no right, no memory. May take some tens of milliseconds: to be called
 * before a thread is held. */
struct safepoint *safepoint_new(pid_t pid);
void safepoint_free(struct safepoint *safepoint);

/* Why not, as "in FUNCTION" or the like, is put into reason. */
bool safepoint_is(struct safepoint *safepoint, const struct remote *remote, char *reason,
                  size_t reason_bytes);

#endif

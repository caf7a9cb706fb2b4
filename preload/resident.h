/* SPDX-License-Identifier: Apache-2.0
 *
 * What the target's resident memory consists of, now and then: a RESIDENT frame, by the rule of
 * seep/resident.h. To read it the kernel looks at every page that is resident, some 30 ms a GiB in
 * small pages, while the thread that drains waits: so it is done seldom, the more seldom the longer
 * it takes, and no more at all once it takes too long.
 */
#ifndef SEEP_PRELOAD_RESIDENT_H
#define SEEP_PRELOAD_RESIDENT_H

#include "workspace.h"

/* At a moment that has to be known: start and end, on a workspace that is taken. */
void resident_write(struct workspace *workspace);
/* With a drain: at most once in five seconds, and a thousandth of the time. */
void resident_now_and_then(struct workspace *workspace);
/* At the start, or at a mark of the target's: on a workspace of its own. Marks may be many: all
 * readings together may take a second, and a hundredth of the time. */
void resident_at_moment(void);
/* In a forked child. */
void resident_forget(void);

#endif

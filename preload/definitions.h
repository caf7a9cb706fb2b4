/* SPDX-License-Identifier: Apache-2.0
 *
 * Definitions before uses: writes what the next frame names and the trace does not have yet.
 */
#ifndef SEEP_DEFINITIONS_H
#define SEEP_DEFINITIONS_H

#include "workspace.h"

/* All contexts there are by now. Uses workspace->plain, out, sort[1]. */
void definitions_write_contexts(struct workspace *workspace);
/* The slot's thread; end_stamp 0: it goes on. */
bool definitions_write_thread(const struct seep_slot *slot, uint64_t end_stamp);

#endif

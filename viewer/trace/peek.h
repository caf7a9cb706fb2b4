/* SPDX-License-Identifier: Apache-2.0
 *
 * A look at the first frame of a trace: whose it is.
 */
#ifndef SEEP_TRACE_PEEK_H
#define SEEP_TRACE_PEEK_H

#include "trace/family.h"

/* Fills what the first frame tells of a member, whose path it takes over a copy of; parent is
 * FAMILY_NONE. TRACE_NOT_A_TRACE: the file does not begin with a sound PROCESS frame. */
enum trace_status peek_member(struct family_member *member, const char *path);
void peek_release(struct family_member *member);

#endif

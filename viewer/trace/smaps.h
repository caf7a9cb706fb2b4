/* SPDX-License-Identifier: Apache-2.0
 *
 * What the resident memory of a running target consists of, read from outside by the rule of
 * seep/resident.h: the target does nothing for it. (It waits meanwhile where it changes its
 * mappings, as the kernel holds them.)
 */
#ifndef SEEP_TRACE_SMAPS_H
#define SEEP_TRACE_SMAPS_H

#include "trace/snapshot.h"
#include <seep/resident.h>

/* stage: opened. Its slots' heads are read into it. false: there is no such process to be found
 * here, or no right to look. */
bool smaps_read(struct snapshot *stage, struct seep_resident *found);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * From a trace's stack back to the way by which a race came there.
 */
#ifndef RACE_WAYS_H
#define RACE_WAYS_H

#include "race.h"

#include <stddef.h>
#include <trace/trace.h>

struct ways;

/* NULL: no memory. Both are to outlive it. */
struct ways *ways_make(const struct trace *trace, const struct race_truth *truth);
void ways_free(struct ways *ways);

#define WAYS_NONE UINT32_MAX
/* The way of a context, with RACE_TWO_SITES and RACE_PLUGIN as they were; WAYS_NONE: it has no
 * site. */
uint32_t ways_of(struct ways *ways, uint32_t context);

#endif

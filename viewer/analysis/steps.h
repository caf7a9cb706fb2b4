/* SPDX-License-Identifier: Apache-2.0
 *
 * The time line: what stood at even steps of the run.
 */
#ifndef SEEP_ANALYSIS_STEPS_H
#define SEEP_ANALYSIS_STEPS_H

#include "analysis/analysis.h"

#define STEPS_COUNT 300

struct steps {
  struct analysis_step list[STEPS_COUNT];
  size_t count, next; /* next: the first that is not told yet */
};

/* Lays steps from the first to the last stamp, with the memory samples of trace. */
void steps_init(struct steps *steps, const struct trace *trace, uint64_t first, uint64_t last);

/* Tells what stands before the first event behind the next step. */
void steps_tell(struct steps *steps, uint64_t stamp, uint64_t bytes, uint64_t blocks);

/* Stamp that an event has to be behind for steps_tell to be needed; UINT64_MAX: none. */
uint64_t steps_next(const struct steps *steps);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The time line of a family: what stood in all of its processes together. What a process held when
 * it ended is gone from then on. What was resident is not added up: after a fork pages are shared.
 */
#ifndef SEEP_COMPARE_LIFELINES_H
#define SEEP_COMPARE_LIFELINES_H

#include "analysis/analysis.h"

struct lifelines { /* all zero: of no process yet */
  /* After lifelines_join in order, with what stood from then on; before that with what came. */
  struct analysis_step *steps;
  size_t count;
};

/* Adds a process's; all are to have one clock. false: no memory. */
bool lifelines_add(struct lifelines *lines, const struct trace *trace,
                   const struct analysis *analysis);

/* All are there. */
void lifelines_join(struct lifelines *lines);
void lifelines_release(struct lifelines *lines);

#endif

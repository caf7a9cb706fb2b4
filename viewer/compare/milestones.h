/* SPDX-License-Identifier: Apache-2.0
 *
 * The moments that the processes of a family have in common: the first start, the marks of all of
 * them, the last end. A label counts once: the last mark of that name in the first trace that has
 * one.
 */
#ifndef SEEP_COMPARE_MILESTONES_H
#define SEEP_COMPARE_MILESTONES_H

#include "analysis/analysis.h"

#define MILESTONES_MOST 500 /* marks of a trace; more are no moments here */

struct milestones { /* all zero: no trace has been added yet */
  /* By stamp; the first is the start, the last the end, those between have mark set to the number
   * of the trace that they are of. Labels are its own. */
  struct analysis_moment *list;
  size_t count;
  size_t traces;
};

/* Adds the moments of one trace more; all are to have one clock. false: no memory. */
bool milestones_add(struct milestones *milestones, const struct trace *trace);
void milestones_release(struct milestones *milestones);

/* The last moment at or before stamp; the first where there is none. */
size_t milestones_at(const struct milestones *milestones, uint64_t stamp);

/* What a mark is called in every trace that has it; NULL: it is none, or its label means something
 * else where moments are named. */
const char *milestones_name(const struct milestones *milestones, size_t moment);

#endif

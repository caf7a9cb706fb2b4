/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/lifelines.h"
#include "trace/array.h"

#include <stdlib.h>

/* What came since the step before; less is a large number, and sums come out right. */
static bool lifelines_put(struct lifelines *lines, uint64_t stamp, uint64_t bytes,
                          uint64_t blocks) {
  if (!array_room(&lines->steps, lines->count, sizeof *lines->steps))
    return false;
  lines->steps[lines->count++] = (struct analysis_step){
      .stamp = stamp, .outstanding_bytes = bytes, .outstanding_blocks = blocks};
  return true;
}

bool lifelines_add(struct lifelines *lines, const struct trace *trace,
                   const struct analysis *analysis) {
  const struct analysis_step *steps;
  size_t count = analysis_time_line(analysis, &steps);
  uint64_t bytes = 0, blocks = 0;
  for (size_t i = 0; i < count; i++) {
    if (!lifelines_put(lines, steps[i].stamp, steps[i].outstanding_bytes - bytes,
                       steps[i].outstanding_blocks - blocks))
      return false;
    bytes = steps[i].outstanding_bytes;
    blocks = steps[i].outstanding_blocks;
  }
  return trace->state == TRACE_RUNNING ||
         lifelines_put(lines, trace->last_stamp + 1, -bytes, -blocks);
}

static int lifelines_compare(const void *a, const void *b) {
  const struct analysis_step *x = a, *y = b;
  return (x->stamp > y->stamp) - (x->stamp < y->stamp);
}

/* Of what came at one time there is one step: in between the sum may be below nothing. */
void lifelines_join(struct lifelines *lines) {
  struct analysis_step sum = {0};
  size_t kept = 0;
  if (lines->count)
    qsort(lines->steps, lines->count, sizeof *lines->steps, lifelines_compare);
  for (size_t i = 0; i < lines->count; i++) {
    sum.stamp = lines->steps[i].stamp;
    sum.outstanding_bytes += lines->steps[i].outstanding_bytes;
    sum.outstanding_blocks += lines->steps[i].outstanding_blocks;
    if (i + 1 == lines->count || lines->steps[i + 1].stamp != sum.stamp)
      lines->steps[kept++] = sum;
  }
  lines->count = kept;
}

void lifelines_release(struct lifelines *lines) {
  free(lines->steps);
  *lines = (struct lifelines){.steps = NULL};
}

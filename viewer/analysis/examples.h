/* SPDX-License-Identifier: Apache-2.0
 *
 * A few of the blocks of each place that stand at the end, the oldest ones: for whoever wants to
 * look at them in a debugger.
 */
#ifndef SEEP_ANALYSIS_EXAMPLES_H
#define SEEP_ANALYSIS_EXAMPLES_H

#include "analysis/live.h"

#define EXAMPLES_OF_PLACE 4

struct example {
  uint64_t address, size, stamp;
};

struct examples {
  struct example *list; /* by place, oldest first */
  size_t *first;        /* per place, and one more: where its examples begin */
};

/* stands: per place and one more, where its blocks would begin, were all of them listed. false: no
 * memory; release it all the same. */
bool examples_init(struct examples *examples, const size_t *stands, size_t place_count);
void examples_release(struct examples *examples);

/* Takes a block that stands at the end into account. */
void examples_take(struct examples *examples, const struct live_block *block);

#endif

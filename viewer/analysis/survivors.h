/* SPDX-License-Identifier: Apache-2.0
 *
 * What is left of the live set after the replay: the birth stamps of the blocks that stand at the
 * end, by place. A third of the live set's memory, and all that ages need.
 */
#ifndef SEEP_ANALYSIS_SURVIVORS_H
#define SEEP_ANALYSIS_SURVIVORS_H

#include "analysis/examples.h"

struct survivors {
  uint64_t *stamps; /* by place, in no order */
  uint8_t *sizes;   /* of the same blocks: see spectrum_size */
  struct examples examples;
  size_t *first; /* per place, and one more: where its stamps begin */
};

/* Empties live, whose blocks are of places below place_count. false: no memory. */
bool survivors_init(struct survivors *survivors, struct live *live, size_t place_count);
void survivors_release(struct survivors *survivors);

#endif

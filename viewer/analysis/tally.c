/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/tally.h"
#include <stdlib.h>

bool tally_init(struct tally *tally, const struct trace *trace) {
  *tally = (struct tally){.count = trace->thread_count + 1};
  tally->list = calloc(tally->count, sizeof *tally->list);
  return tally->list != NULL;
}

void tally_release(struct tally *tally) {
  free(tally->list);
  *tally = (struct tally){.count = 0};
}

void tally_pairs(struct tally *tally, const struct trace_sums *sums) {
  struct analysis_thread *own = tally_of(tally, sums->thread);
  own->allocations += sums->pairs;
  own->allocated_bytes += sums->bytes;
  own->frees += sums->pairs;
  own->freed_bytes += sums->bytes;
}

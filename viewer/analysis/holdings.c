/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/holdings.h"
#include <stdlib.h>

#define HEADER_BYTES 8
#define CHUNK_LEAST 32
#define CHUNK_STEP 16
#define MAPPED_HEADER 16

bool holdings_init(struct holdings *holdings, const struct trace *trace) {
  *holdings = (struct holdings){.trace = trace, .count = trace->resident_count};
  if (!holdings->count)
    return true;
  holdings->levels = calloc(holdings->count, sizeof *holdings->levels);
  return holdings->levels;
}

void holdings_release(struct holdings *holdings) {
  free(holdings->levels);
  *holdings = (struct holdings){.count = 0};
}

uint64_t holdings_next(const struct holdings *holdings) {
  return holdings->next < holdings->count ? holdings->trace->residents[holdings->next].stamp
                                          : UINT64_MAX;
}

void holdings_tell(struct holdings *holdings, uint64_t stamp) {
  for (; holdings->next < holdings->count &&
         holdings->trace->residents[holdings->next].stamp <= stamp;
       holdings->next++)
    holdings->levels[holdings->next] = holdings->now;
}

static uint64_t holdings_rounded(uint64_t bytes, uint64_t step) {
  return (bytes + step - 1) & ~(step - 1);
}

static uint64_t holdings_taken_in_heap(uint64_t size) {
  uint64_t chunk = holdings_rounded(size + HEADER_BYTES, CHUNK_STEP);
  return chunk > CHUNK_LEAST ? chunk : CHUNK_LEAST;
}

void holdings_count(struct holdings *holdings, const struct posting *posting, int64_t sign) {
  if (!holdings->count || posting->in_pool)
    return;
  struct holdings_level *now = &holdings->now;
  bool foreign = !posting->in_heap && posting->size < HOLDINGS_PAGE;
  uint64_t taken = posting->in_heap ? holdings_taken_in_heap(posting->size)
                   : foreign        ? posting->size
                             : holdings_rounded(posting->size + MAPPED_HEADER, HOLDINGS_PAGE);
  uint64_t bytes = (uint64_t)sign * (posting->size << posting->share_shift);
  struct holdings_amount *holding = &now->in[posting->in_heap ? HOLDINGS_HEAP : HOLDINGS_ELSEWHERE];
  holding->bytes += bytes;
  holding->taken += (uint64_t)sign * (taken << posting->share_shift);
  now->foreign_bytes += foreign ? bytes : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/survivors.h"
#include "analysis/spectrum.h"
#include <stdlib.h>
#include <string.h>

static void survivors_count(void *data, const struct live_block *block) {
  size_t *counts = data;
  counts[block->place + 1]++;
}

static void survivors_keep(void *data, const struct live_block *block) {
  struct survivors *survivors = data;
  size_t at = survivors->first[block->place]++;
  survivors->stamps[at] = block->stamp;
  survivors->sizes[at] = spectrum_size(block->size);
  examples_take(&survivors->examples, block);
}

/* Fills the stamps shard by shard: each gives its memory back as soon as it was told. Keeping moves
 * first[i] to where i + 1 begins. */
static void survivors_fill(struct survivors *survivors, struct live *live, size_t place_count) {
  for (unsigned shard = 0; shard < LIVE_SHARDS; shard++)
    live_drain_shard(live, shard, survivors_keep, survivors);
  memmove(survivors->first + 1, survivors->first, place_count * sizeof *survivors->first);
  survivors->first[0] = 0;
}

bool survivors_init(struct survivors *survivors, struct live *live, size_t place_count) {
  *survivors = (struct survivors){.first = calloc(place_count + 1, sizeof(size_t))};
  if (!survivors->first)
    return false;
  for (unsigned shard = 0; shard < LIVE_SHARDS; shard++)
    live_visit_shard(live, shard, survivors_count, survivors->first);
  for (size_t i = 0; i < place_count; i++)
    survivors->first[i + 1] += survivors->first[i];
  size_t count = survivors->first[place_count];
  survivors->stamps = reallocarray(NULL, count + 1, sizeof *survivors->stamps);
  survivors->sizes = reallocarray(NULL, count + 1, sizeof *survivors->sizes);
  if (!survivors->stamps || !survivors->sizes ||
      !examples_init(&survivors->examples, survivors->first, place_count))
    return false;
  survivors_fill(survivors, live, place_count);
  return true;
}

void survivors_release(struct survivors *survivors) {
  examples_release(&survivors->examples);
  free(survivors->stamps);
  free(survivors->sizes);
  free(survivors->first);
  *survivors = (struct survivors){0};
}

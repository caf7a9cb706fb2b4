/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/survivors.h"
#include <stdlib.h>
#include <string.h>

#define RADIX_BITS 11
#define RADIX_MIN 256 /* fewer are sorted by comparing */

static int survivors_compare(const void *a, const void *b) {
  uint64_t x, y;
  memcpy(&x, a, sizeof x);
  memcpy(&y, b, sizeof y);
  return (x > y) - (x < y);
}

/* One pass by RADIX_BITS bits from shift on; from and to do not overlap. */
static void survivors_radix_pass(const uint64_t *from, uint64_t *to, size_t count, int shift) {
  size_t starts[1 << RADIX_BITS] = {0}, sum = 0;
  const uint64_t mask = (1 << RADIX_BITS) - 1;
  for (size_t i = 0; i < count; i++)
    starts[from[i] >> shift & mask]++;
  for (size_t i = 0; i <= mask; i++) {
    size_t here = starts[i];
    starts[i] = sum;
    sum += here;
  }
  for (size_t i = 0; i < count; i++)
    to[starts[from[i] >> shift & mask]++] = from[i];
}

/* Sorts by the bits in which stamps differ; spare has room for as many. */
static void survivors_sort(uint64_t *stamps, size_t count, uint64_t *spare) {
  if (count < RADIX_MIN) {
    qsort(stamps, count, sizeof *stamps, survivors_compare);
    return;
  }
  uint64_t different = 0, *from = stamps, *to = spare;
  for (size_t i = 1; i < count; i++)
    different |= stamps[i] ^ stamps[0];
  for (int shift = 0; shift < 64 && different >> shift; shift += RADIX_BITS) {
    survivors_radix_pass(from, to, count, shift);
    uint64_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != stamps)
    memcpy(stamps, from, count * sizeof *stamps);
}

static bool survivors_sort_all(struct survivors *survivors, size_t place_count) {
  size_t largest = 1;
  for (size_t i = 0; i < place_count; i++)
    if (survivors->first[i + 1] - survivors->first[i] > largest)
      largest = survivors->first[i + 1] - survivors->first[i];
  uint64_t *spare = reallocarray(NULL, largest, sizeof *spare);
  if (!spare)
    return false;
  for (size_t i = 0; i < place_count; i++)
    survivors_sort(survivors->stamps + survivors->first[i],
                   survivors->first[i + 1] - survivors->first[i], spare);
  free(spare);
  return true;
}

static void survivors_count(void *data, const struct live_block *block) {
  size_t *counts = data;
  counts[block->place + 1]++;
}

static void survivors_keep(void *data, const struct live_block *block) {
  struct survivors *survivors = data;
  survivors->stamps[survivors->first[block->place]++] = block->stamp;
}

/* Fills the stamps shard by shard: each gives its memory back as soon as it was told. Keeping moves
 * first[i] to where i + 1 begins. */
static void survivors_fill(struct survivors *survivors, struct live *live, size_t place_count) {
  for (unsigned shard = 0; shard < LIVE_SHARDS; shard++)
    live_drain_shard(live, shard, survivors_keep, survivors);
  memmove(survivors->first + 1, survivors->first, place_count * sizeof *survivors->first);
  survivors->first[0] = 0;
}

bool survivors_init(struct survivors *survivors, struct live *live, const struct places *places) {
  *survivors = (struct survivors){.first = calloc(places->count + 1, sizeof(size_t))};
  if (!survivors->first)
    return false;
  for (unsigned shard = 0; shard < LIVE_SHARDS; shard++)
    live_visit_shard(live, shard, survivors_count, survivors->first);
  for (size_t i = 0; i < places->count; i++)
    survivors->first[i + 1] += survivors->first[i];
  size_t count = survivors->first[places->count];
  survivors->stamps = reallocarray(NULL, count + 1, sizeof *survivors->stamps);
  if (!survivors->stamps)
    return false;
  survivors_fill(survivors, live, places->count);
  return survivors_sort_all(survivors, places->count);
}

void survivors_release(struct survivors *survivors) {
  free(survivors->stamps);
  free(survivors->first);
  *survivors = (struct survivors){0};
}

size_t survivors_before(const struct survivors *survivors, uint32_t place, uint64_t stamp) {
  size_t low = survivors->first[place], high = survivors->first[place + 1];
  if (stamp == 0 || stamp == UINT64_MAX) /* the ends of a run: asked for most of the time */
    return stamp ? high - low : 0;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (survivors->stamps[middle] < stamp)
      low = middle + 1;
    else
      high = middle;
  }
  return low - survivors->first[place];
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/steps.h"

/* The first step at or behind stamp; count: there is none. */
static size_t steps_find(const struct steps *steps, uint64_t stamp) {
  size_t low = 0, high = steps->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (steps->list[middle].stamp < stamp)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* A step shows the last sample taken before it. Samples come from headers of many threads: their
 * order is not relied on. */
static void steps_sample(struct steps *steps, const struct trace *trace) {
  uint64_t latest[STEPS_COUNT] = {0};
  for (size_t i = 0; i < trace->sample_count; i++) {
    const struct trace_sample *sample = &trace->samples[i];
    size_t step = steps_find(steps, sample->stamp);
    if (step == steps->count)
      step--;
    if (!sample->rss_kib || sample->stamp < latest[step])
      continue;
    latest[step] = sample->stamp;
    steps->list[step].rss_kib = sample->rss_kib;
  }
  for (size_t i = 1; i < steps->count; i++)
    if (!steps->list[i].rss_kib)
      steps->list[i].rss_kib = steps->list[i - 1].rss_kib;
}

void steps_init(struct steps *steps, const struct trace *trace, uint64_t first, uint64_t last) {
  *steps = (struct steps){.count = last > first ? STEPS_COUNT : 1};
  uint64_t span = last > first ? last - first : 0, parts = STEPS_COUNT - 1;
  for (size_t i = 0; i < steps->count; i++)
    steps->list[i].stamp = first + span / parts * i + span % parts * i / parts;
  steps_sample(steps, trace);
}

void steps_tell(struct steps *steps, uint64_t stamp, uint64_t bytes, uint64_t blocks) {
  for (; steps->next < steps->count && steps->list[steps->next].stamp < stamp; steps->next++) {
    steps->list[steps->next].outstanding_bytes = bytes;
    steps->list[steps->next].outstanding_blocks = blocks;
  }
}

uint64_t steps_next(const struct steps *steps) {
  return steps->next < steps->count ? steps->list[steps->next].stamp : UINT64_MAX;
}

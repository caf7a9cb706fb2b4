/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/periods.h"
#include <stdlib.h>

/* Adds the bounds between two moments; those that fall together are left out. */
static void periods_divide(struct periods *periods, const struct activity *activity, uint64_t from,
                           uint64_t to, size_t parts) {
  uint64_t last = from;
  for (size_t i = 1; i < parts; i++) {
    uint64_t bound = activity_quantile(activity, from, to, (double)i / (double)parts);
    if (bound <= last || bound >= to)
      continue;
    periods->bounds[periods->count++] = bound;
    last = bound;
  }
}

bool periods_init(struct periods *periods, const struct moments *moments, struct trace *trace) {
  *periods = (struct periods){0};
  size_t spans = moments->count - 1;
  size_t parts = spans >= PERIODS_WANTED ? 1 : (PERIODS_WANTED + spans - 1) / spans;
  periods->bounds = reallocarray(NULL, spans * parts + 1, sizeof *periods->bounds);
  periods->of_moment = reallocarray(NULL, moments->count, sizeof *periods->of_moment);
  if (!periods->bounds || !periods->of_moment)
    return false;
  struct activity activity = {0};
  if (parts > 1)
    activity_measure(&activity, trace, moments->list[0].stamp, moments->list[spans].stamp);
  for (size_t i = 0; i <= spans; i++) {
    periods->of_moment[i] = periods->count;
    periods->bounds[periods->count++] = moments->list[i].stamp;
    if (i < spans && parts > 1)
      periods_divide(periods, &activity, moments->list[i].stamp, moments->list[i + 1].stamp, parts);
  }
  return true;
}

void periods_release(struct periods *periods) {
  free(periods->bounds);
  free(periods->of_moment);
  *periods = (struct periods){0};
}

size_t periods_at(const struct periods *periods, uint64_t stamp) {
  size_t low = 0, high = periods->count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (periods->bounds[middle] <= stamp)
      low = middle;
    else
      high = middle;
  }
  return low < periods->count - 1 ? low : periods->count - 2;
}

uint64_t periods_bound(const struct periods *periods, size_t index) {
  if (index == 0)
    return 0;
  return index + 1 >= periods->count ? UINT64_MAX : periods->bounds[index];
}

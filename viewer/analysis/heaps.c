/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/heaps.h"
#include <stdlib.h>

bool heaps_init(struct heaps *heaps, const struct trace *trace) {
  const struct trace_heaps *known = &trace->heaps;
  *heaps = (struct heaps){.start = known->start, .stop = known->stop};
  if (!trace->resident_count)
    return true;
  heaps->windows = calloc(HEAPS_WINDOWS / 64, sizeof *heaps->windows);
  for (size_t i = 0; heaps->windows && i < known->window_count; i++)
    if (known->windows[i] < HEAPS_WINDOWS)
      heaps->windows[known->windows[i] / 64] |= 1ull << known->windows[i] % 64;
  return heaps->windows;
}

void heaps_release(struct heaps *heaps) {
  free(heaps->windows);
  heaps->windows = NULL;
}

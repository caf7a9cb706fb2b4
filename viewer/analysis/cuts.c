/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/cuts.h"

#include <stdio.h>
#include <stdlib.h>

/* A bound that is no moment goes by its time. */
static struct analysis_moment cuts_between(struct cuts *cuts, const struct moments *moments,
                                           uint64_t stamp) {
  char *text = cuts->texts[cuts->count];
  double seconds =
      (double)(stamp - moments->list[0].stamp) / moments->trace->process.ticks_per_second;
  snprintf(text, sizeof *cuts->texts, seconds < 10 ? "+%.3gs" : "+%.1fs", seconds);
  return (struct analysis_moment){.label = text, .stamp = stamp};
}

static void cuts_fill(struct cuts *cuts, const struct moments *moments,
                      const struct periods *periods, bool fine) {
  size_t moment = 0;
  for (size_t bound = 0; bound < periods->count; bound++) {
    bool is_moment = moment < moments->count && periods->of_moment[moment] == bound;
    if (!is_moment && !fine)
      continue;
    struct analysis_moment cut =
        is_moment ? moments->list[moment] : cuts_between(cuts, moments, periods->bounds[bound]);
    if (is_moment)
      cuts->of_moment[moment++] = cuts->count;
    cuts->bounds[cuts->count] = bound;
    cuts->list[cuts->count++] = cut;
  }
}

bool cuts_init(struct cuts *cuts, const struct moments *moments, const struct periods *periods,
               bool fine) {
  *cuts = (struct cuts){0};
  cuts->list = calloc(periods->count, sizeof *cuts->list);
  cuts->bounds = calloc(periods->count, sizeof *cuts->bounds);
  cuts->of_moment = calloc(moments->count, sizeof *cuts->of_moment);
  cuts->texts = calloc(periods->count, sizeof *cuts->texts);
  if (!cuts->list || !cuts->bounds || !cuts->of_moment || !cuts->texts)
    return false;
  cuts_fill(cuts, moments, periods, fine);
  return true;
}

void cuts_release(struct cuts *cuts) {
  free(cuts->list);
  free(cuts->bounds);
  free(cuts->of_moment);
  free(cuts->texts);
  *cuts = (struct cuts){0};
}

uint64_t cuts_units(const struct cuts *cuts, size_t from, size_t to) {
  uint64_t units = 0;
  for (size_t i = from + 1; i <= to; i++)
    units += cuts->list[i].units;
  return units;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/trend.h"

/* Work of the window's periods whose blocks become old at the end of period at; *next is the first
 * that is not old yet. */
static double trend_ripened(const struct calendar *calendar, size_t at, size_t *next) {
  double work = 0;
  while (*next < calendar->last && calendar->ripe[*next] <= at)
    work += calendar->work[(*next)++];
  return work;
}

static void trend_step(struct trend *trend, int64_t growth, size_t at) {
  if (growth > trend->largest) {
    trend->largest = growth;
    trend->largest_at = at;
  }
  if (-growth > trend->drop)
    trend->drop = -growth;
  trend->rises += growth > 0;
}

void trend_take(struct trend *trend, const struct cohort *cohort) {
  const struct calendar *calendar = &cohort->analysis->calendar;
  const struct cohort_period *periods = cohort->periods;
  *trend = (struct trend){.first = periods[calendar->settled].old,
                          .last = periods[calendar->last - 1].old,
                          .largest_at = calendar->settled};
  trend->growth = trend->last - trend->first;
  size_t next = calendar->first, all = calendar->first;
  double total = trend_ripened(calendar, calendar->last - 1, &all), done = 0;
  for (size_t i = calendar->settled + 1; i < calendar->last; i++) {
    int64_t growth = periods[i].old - periods[i - 1].old;
    double work = trend_ripened(calendar, i, &next);
    double middle = total > 0 ? (done + work / 2) / total : 0;
    size_t third = middle < 1.0 / 3 ? 0 : middle < 2.0 / 3 ? 1 : 2;
    trend_step(trend, growth, i);
    trend->thirds[third] += growth;
    trend->work[third] += total > 0 ? work / total : 0;
    trend->points += work > 0.01;
    trend->freed += periods[i].old_freed;
    done += work;
  }
}

double trend_evenness(const struct trend *trend) {
  double least = 1;
  for (int i = 0; i < 3; i++) {
    double even = (double)trend->growth * trend->work[i];
    double share = even > 0 ? (double)trend->thirds[i] / even : 0;
    least = share < least ? share : least;
  }
  return least > 0 ? least : 0;
}

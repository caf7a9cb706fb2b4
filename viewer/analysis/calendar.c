/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/calendar.h"
#include <stdlib.h>

#define CALENDAR_START 8     /* without marks, one in so many periods is the start */
#define CALENDAR_TIME 0.15   /* share of time in what counts as work */
#define CALENDAR_BRIEF 0.5   /* seconds: without marks, less is a start, however long it waits */
#define CALENDAR_NEARLY 0.98 /* of all that was done */

static size_t calendar_count_marks(const struct moments *moments, size_t *first, size_t *last) {
  size_t marks = 0;
  for (size_t i = 0; i < moments->count; i++) {
    if (!moments->list[i].mark)
      continue;
    *last = i;
    if (!marks++)
      *first = i;
  }
  return marks;
}

/* The window's moments, and its first and last period. */
static void calendar_window(struct calendar *calendar, const struct moments *moments,
                            const struct periods *periods) {
  size_t first = 0, last = moments->count - 1;
  size_t marks = calendar_count_marks(moments, &first, &last);
  bool only_end = marks == 1 && moments->list[last].units;
  if (marks == 1 && !only_end)
    last = moments->count - 1;
  if (only_end)
    first = 0;
  calendar->marked = marks > 0;
  calendar->named = marks >= 2 ? marks - 1 : marks;
  calendar->from_moment = first;
  calendar->to_moment = last;
  calendar->first = periods->of_moment[first];
  calendar->last = periods->of_moment[last];
  if (!marks || only_end)
    calendar->first += (calendar->last - calendar->first) / CALENDAR_START;
  if (calendar->last <= calendar->first)
    calendar->last = calendar->first + 1;
}

static double calendar_sum(const double *values, size_t from, size_t to) {
  double sum = 0;
  for (size_t i = from; i < to; i++)
    sum += values[i];
  return sum;
}

static void calendar_blend(struct calendar *calendar, const struct periods *periods,
                           const double *activity) {
  double allocations = calendar_sum(activity, calendar->first, calendar->last);
  double time = (double)(periods->bounds[calendar->last] - periods->bounds[calendar->first]);
  double share = allocations > 0 ? CALENDAR_TIME : 1;
  for (size_t i = 0; i < calendar->count; i++) {
    double span = (double)(periods->bounds[i + 1] - periods->bounds[i]);
    calendar->work[i] = time > 0 ? share * span / time : 0;
    if (allocations > 0)
      calendar->work[i] += (1 - share) * activity[i] / allocations;
  }
}

/* Where every interval between the window's marks has units, they are its work. */
static void calendar_units(struct calendar *calendar, const struct moments *moments,
                           const struct periods *periods) {
  double total = 0;
  for (size_t i = calendar->from_moment + 1; i <= calendar->to_moment; i++) {
    if (!moments->list[i].units)
      return;
    total += (double)moments->list[i].units;
  }
  for (size_t i = calendar->from_moment + 1; i <= calendar->to_moment; i++) {
    size_t from = periods->of_moment[i - 1], to = periods->of_moment[i];
    from = from < calendar->first ? calendar->first : from;
    double sum = calendar_sum(calendar->work, from, to);
    for (size_t j = from; j < to && sum > 0; j++)
      calendar->work[j] *= (double)moments->list[i].units / total / sum;
  }
}

/* Blocks of a period are old once the gap's work was done after its end; those from before the
 * window once it was done inside the window. */
static void calendar_ripen(struct calendar *calendar) {
  for (size_t i = 0; i < calendar->count; i++) {
    size_t at = i + 1 < calendar->first ? calendar->first : i + 1;
    double done = 0;
    while (at < calendar->last && (done += calendar->work[at]) < CALENDAR_GAP)
      at++;
    calendar->ripe[i] = at < calendar->last ? (uint32_t)at : CALENDAR_NEVER;
  }
  double done = 0;
  calendar->settled = calendar->first;
  while (calendar->settled + 1 < calendar->last &&
         (done += calendar->work[calendar->settled]) < CALENDAR_GAP)
    calendar->settled++;
}

/* The time in which nearly all was done: hardly anything comes behind it. */
static void calendar_look_if_brief(struct calendar *calendar, const struct periods *periods,
                                   const double *activity, double ticks) {
  double all = calendar_sum(activity, 0, calendar->last), done = 0;
  size_t at = 0;
  while (at < calendar->last && (all <= 0 || done < CALENDAR_NEARLY * all))
    done += activity[at++];
  calendar->busy_s = (double)(periods->bounds[at] - periods->bounds[0]) / ticks;
  calendar->brief = !calendar->marked && calendar->busy_s < CALENDAR_BRIEF;
}

bool calendar_init(struct calendar *calendar, const struct moments *moments,
                   const struct periods *periods, const double *activity, double ticks) {
  *calendar = (struct calendar){.count = periods->count - 1};
  calendar->work = calloc(periods->count, sizeof *calendar->work);
  calendar->ripe = calloc(periods->count, sizeof *calendar->ripe);
  if (!calendar->work || !calendar->ripe)
    return false;
  calendar_window(calendar, moments, periods);
  calendar_look_if_brief(calendar, periods, activity, ticks);
  calendar_blend(calendar, periods, activity);
  calendar_units(calendar, moments, periods);
  calendar_ripen(calendar);
  return true;
}

void calendar_release(struct calendar *calendar) {
  free(calendar->work);
  free(calendar->ripe);
  *calendar = (struct calendar){0};
}

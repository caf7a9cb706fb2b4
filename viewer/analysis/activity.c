/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/activity.h"
#include <string.h>

#define ACTIVITY_REPLAYED (1u << 20) /* records that are read twice without anyone noticing */

/* A power of two, so that bins stay where they are while the trace grows: what is said of an
 * interval must not hang on when it is asked. */
static double activity_width(uint64_t time) {
  double width = 1;
  while (width * ACTIVITY_BINS < (double)time)
    width *= 2;
  return width;
}

/* The place of stamp on the time line, in bins. */
static double activity_place(const struct activity *activity, uint64_t stamp) {
  if (stamp <= activity->start)
    return 0;
  uint64_t at = stamp < activity->end ? stamp : activity->end;
  return (double)(at - activity->start) / activity->width;
}

static size_t activity_bin(double place) {
  return place >= ACTIVITY_BINS - 1 ? ACTIVITY_BINS - 1 : (size_t)place;
}

/* Spreads amount evenly over [from, to]. */
static void activity_spread(struct activity *activity, uint64_t from, uint64_t to, double amount) {
  double first = activity_place(activity, from), last = activity_place(activity, to);
  if (last - first < 1) {
    activity->bins[activity_bin((first + last) / 2)] += amount;
    return;
  }
  for (size_t bin = activity_bin(first); bin <= activity_bin(last); bin++) {
    double low = first > (double)bin ? first : (double)bin;
    double high = last < (double)bin + 1 ? last : (double)bin + 1;
    if (high > low)
      activity->bins[bin] += amount * (high - low) / (last - first);
  }
}

static void activity_visit_events(void *data, const struct trace_event *events, size_t count) {
  struct activity *activity = data;
  for (size_t i = 0; i < count; i++)
    if (events[i].kind == SEEP_KIND_ALLOC)
      activity->bins[activity_bin(activity_place(activity, events[i].stamp))] +=
          events[i].weight ? events[i].weight : 1;
}

static void activity_visit_sums(void *data, const struct trace_sums *sums) {
  activity_spread(data, sums->first_stamp, sums->last_stamp, (double)sums->pairs);
}

static void activity_replay(struct activity *activity, struct trace *trace) {
  static const struct trace_visitor visitor = {.events = activity_visit_events,
                                               .sums = activity_visit_sums};
  if (trace_replay(trace, &visitor, activity, NULL) != TRACE_OK)
    memset(activity->bins, 0, sizeof activity->bins);
}

static void activity_scale(struct activity *activity) {
  double sum = 0;
  for (size_t i = 0; i < ACTIVITY_BINS; i++)
    sum += activity->bins[i];
  for (size_t i = 0; i < ACTIVITY_BINS && sum > 0; i++)
    activity->bins[i] /= sum;
}

void activity_measure(struct activity *activity, struct trace *trace, uint64_t start,
                      uint64_t end) {
  *activity = (struct activity){.start = start, .end = end, .width = 1};
  if (end <= start || !trace->record_count)
    return;
  activity->width = activity_width(end - start);
  if (trace->record_count <= ACTIVITY_REPLAYED)
    activity_replay(activity, trace);
  else
    for (size_t i = 0; i < trace->sample_count; i++)
      activity->bins[activity_bin(activity_place(activity, trace->samples[i].stamp))]++;
  activity_scale(activity);
}

/* Share of all allocations that happened before place. */
static double activity_before(const struct activity *activity, double place) {
  double sum = 0;
  size_t whole = (size_t)place;
  for (size_t i = 0; i < whole && i < ACTIVITY_BINS; i++)
    sum += activity->bins[i];
  return whole < ACTIVITY_BINS ? sum + activity->bins[whole] * (place - (double)whole) : sum;
}

uint64_t activity_quantile(const struct activity *activity, uint64_t from, uint64_t to,
                           double share) {
  if (to <= from || activity->end <= activity->start)
    return from;
  double first = activity_place(activity, from), last = activity_place(activity, to);
  double base = activity_before(activity, first);
  double happened = activity_before(activity, last) - base;
  double low = first, high = last;
  for (int i = 0; i < 40; i++) {
    double middle = (low + high) / 2, time = (middle - first) / (last - first);
    double done = happened > 0 ? (activity_before(activity, middle) - base) / happened : time;
    if ((time + done) / 2 < share)
      low = middle;
    else
      high = middle;
  }
  uint64_t stamp = activity->start + (uint64_t)(low * activity->width);
  return stamp < from ? from : stamp > to ? to : stamp;
}

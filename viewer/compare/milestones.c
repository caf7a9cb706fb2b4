/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/milestones.h"
#include "trace/array.h"

#include <stdlib.h>
#include <string.h>

size_t milestones_at(const struct milestones *milestones, uint64_t stamp) {
  size_t at = 0;
  while (at + 1 < milestones->count && milestones->list[at + 1].stamp <= stamp)
    at++;
  return at;
}

const char *milestones_name(const struct milestones *milestones, size_t moment) {
  const struct analysis_moment *at = &milestones->list[moment];
  bool other =
      strchr("#+@", *at->label) || !strcmp(at->label, "start") || !strcmp(at->label, "end");
  return at->mark && *at->label && !other ? at->label : NULL;
}

static bool milestones_put(struct milestones *milestones, const char *text,
                           const struct analysis_moment *moment) {
  char *label = strdup(text);
  if (!label || !array_room(&milestones->list, milestones->count, sizeof *milestones->list)) {
    free(label);
    return false;
  }
  milestones->list[milestones->count] = *moment;
  milestones->list[milestones->count++].label = label;
  return true;
}

static struct analysis_moment *milestones_labelled(struct milestones *milestones,
                                                   const char *label) {
  for (size_t i = 0; i < milestones->count; i++)
    if (milestones->list[i].mark && !strcmp(milestones->list[i].label, label))
      return &milestones->list[i];
  return NULL;
}

static bool milestones_add_mark(struct milestones *milestones, const struct trace_mark *mark) {
  struct analysis_moment *known = milestones_labelled(milestones, mark->label);
  if (!known)
    return milestones_put(
        milestones, mark->label,
        &(struct analysis_moment){.stamp = mark->stamp, .mark = milestones->traces});
  if (known->mark == milestones->traces)
    known->stamp = mark->stamp;
  return true;
}

/* The start and the end are the first two while marks are added: made with the first trace. */
static bool milestones_reach(struct milestones *milestones, const struct trace *trace) {
  const struct trace_process *process = &trace->process;
  const struct analysis_moment start = {.stamp = process->start_stamp},
                               end = {.stamp = trace->last_stamp};
  if (!milestones->count)
    return milestones_put(milestones, "start", &start) && milestones_put(milestones, "end", &end);
  struct analysis_moment *first = &milestones->list[0],
                         *last = &milestones->list[milestones->count - 1];
  first->stamp = start.stamp < first->stamp ? start.stamp : first->stamp;
  last->stamp = end.stamp > last->stamp ? end.stamp : last->stamp;
  return true;
}

/* 0 for the start, 2 for the end. */
static int milestones_rank(const struct analysis_moment *moment) {
  return moment->mark ? 1 : *moment->label == 's' ? 0 : 2;
}

static int milestones_compare(const void *a, const void *b) {
  const struct analysis_moment *x = a, *y = b;
  int order = milestones_rank(x) - milestones_rank(y);
  return order ? order : (x->stamp > y->stamp) - (x->stamp < y->stamp);
}

bool milestones_add(struct milestones *milestones, const struct trace *trace) {
  size_t seen = 0;
  milestones->traces++;
  bool added = milestones_reach(milestones, trace);
  for (size_t i = 0; added && i < trace->mark_count && seen < MILESTONES_MOST; i++)
    if (trace->marks[i].kind == SEEP_MARK_LABEL) {
      added = milestones_add_mark(milestones, &trace->marks[i]);
      seen++;
    }
  size_t last = milestones->count ? milestones->count - 1 : 0;
  if (milestones->count)
    qsort(milestones->list, milestones->count, sizeof *milestones->list, milestones_compare);
  if (last && milestones->list[last - 1].stamp > milestones->list[last].stamp)
    milestones->list[last].stamp = milestones->list[last - 1].stamp; /* marked after its end */
  return added;
}

void milestones_release(struct milestones *milestones) {
  for (size_t i = 0; i < milestones->count; i++)
    free((char *)milestones->list[i].label);
  free(milestones->list);
  *milestones = (struct milestones){.list = NULL};
}

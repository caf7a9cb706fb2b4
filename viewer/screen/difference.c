/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/difference.h"

#include "analysis/whole.h"
#include "report/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct analysis_moment *moment_of(const struct reading *reading, size_t moment) {
  const struct analysis_moment *moments;
  analysis_moments(reading->analysis, &moments);
  return &moments[moment];
}

/* The moment of another trace that stands for one of this: of the same name, or after the same
 * time. */
static uint64_t stamp_in(const struct reading *other, const struct reading *reading,
                         uint64_t stamp) {
  if (!stamp || stamp == QUESTION_END)
    return stamp;
  const struct analysis_moment *moment =
      moment_of(reading, reading_moment(reading->analysis, stamp));
  long found = moment->mark ? analysis_find_moment(other->analysis, moment->label) : -1;
  if (found >= 0)
    return moment_of(other, (size_t)found)->stamp;
  double seconds = (double)(moment->stamp - moment_of(reading, 0)->stamp) /
                   reading->trace->process.ticks_per_second;
  return moment_of(other, 0)->stamp + whole_of(seconds * other->trace->process.ticks_per_second);
}

/* "sessiond.seep: warm to after", or of one trace "at warm". */
static void side_entitle(struct difference_side *side, const struct reading *reading,
                         const struct analysis_report *report, bool two) {
  char from[60], to[60], path[80];
  const char *slash = strrchr(reading->path, '/');
  escape_text(from, sizeof from, 30, moment_of(reading, report->from)->label);
  escape_text(to, sizeof to, 30, moment_of(reading, report->to)->label);
  escape_text(path, sizeof path, 40, slash ? slash + 1 : reading->path);
  if (two)
    snprintf(side->title, sizeof side->title, "%s, %s to %s", path, from, to);
  else
    snprintf(side->title, sizeof side->title, "at %s", to);
}

/* The report is large, and needed no longer once the inventory has been taken. */
static bool side_make(struct difference_side *side, const struct reading *reading,
                      const struct question *question, bool two) {
  struct analysis_report *report = reading_ask(reading, question);
  if (!report)
    return false;
  side_entitle(side, reading, report, two);
  const struct inventory_source source = {reading->trace, reading->symbols, reading->analysis,
                                          report, false};
  bool done = inventory_make(&side->inventory, &source, NULL);
  analysis_report_free(report);
  return done;
}

static bool difference_fill(struct difference *difference, const struct reading *reading,
                            const struct question *question) {
  struct question old = *question, new = *question;
  old.by = new.by = ANALYSIS_BY_SITE;
  if (difference->two) {
    old.from = stamp_in(difference->other, reading, question->from);
    old.to = stamp_in(difference->other, reading, question->to);
  } else {
    old.from = new.from = 0;
    old.to = question->from ? question->from : moment_of(reading, 0)->stamp;
  }
  if (!side_make(&difference->old, difference->two ? difference->other : reading, &old,
                 difference->two) ||
      !side_make(&difference->new, reading, &new, difference->two))
    return false;
  if (compare_divisor(&difference->old.inventory, difference->normal) <= 0 ||
      compare_divisor(&difference->new.inventory, difference->normal) <= 0)
    difference->normal = COMPARE_NONE;
  return compare_make(&difference->comparison, &difference->old.inventory,
                      &difference->new.inventory, difference->normal, 0);
}

struct difference *difference_new(struct reading *reading, struct reading *other,
                                  const struct question *question) {
  struct difference *difference = calloc(1, sizeof *difference);
  if (!difference)
    return NULL;
  difference->two = other != NULL;
  difference->other = reading_keep(other);
  difference->normal = difference->two ? question->normal : COMPARE_NONE;
  if (difference_fill(difference, reading, question))
    return difference;
  difference_free(difference);
  return NULL;
}

void difference_free(struct difference *difference) {
  if (!difference)
    return;
  compare_release(&difference->comparison);
  inventory_release(&difference->old.inventory);
  inventory_release(&difference->new.inventory);
  reading_drop(difference->other);
  free(difference);
}

enum compare_normal difference_next_normal(const struct difference *difference) {
  int normal = (int)difference->normal;
  do
    normal = (normal + 1) % COMPARE_NORMAL_COUNT;
  while (!difference->two ? normal != COMPARE_NONE
                          : compare_divisor(&difference->old.inventory, normal) <= 0 ||
                                compare_divisor(&difference->new.inventory, normal) <= 0);
  return (enum compare_normal)normal;
}

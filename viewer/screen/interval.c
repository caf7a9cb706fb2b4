/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/interval.h"

size_t interval_mark(const struct analysis *analysis, size_t moment, int step) {
  const struct analysis_moment *moments;
  size_t last = analysis_moments(analysis, &moments) - 1;
  for (size_t i = moment; step < 0 ? i > 0 : i < last;) {
    i = step < 0 ? i - 1 : i + 1;
    bool is_end = i == 0 || i == last;
    /* Of marks of one time the last one stands for all. */
    if ((moments[i].mark || is_end) && moments[i].stamp != moments[moment].stamp)
      return reading_moment(analysis, moments[i].stamp);
  }
  return moment;
}

void interval_set(struct question *question, const struct analysis *analysis, size_t one,
                  size_t other) {
  const struct analysis_moment *moments;
  size_t last = analysis_moments(analysis, &moments) - 1;
  size_t from = one < other ? one : other, to = one < other ? other : one;
  question->from = from ? moments[from].stamp : 0;
  question->to = to == last ? QUESTION_END : moments[to].stamp;
}

bool interval_move(struct question *question, const struct analysis *analysis, enum action action) {
  size_t from = reading_moment(analysis, question->from);
  size_t to = reading_moment(analysis, question->to);
  bool begin = action == ACTION_FROM_BACK || action == ACTION_FROM_FORWARD;
  int step = action == ACTION_FROM_BACK || action == ACTION_TO_BACK ? -1 : 1;
  size_t moved = interval_mark(analysis, begin ? from : to, step);
  if (moved == (begin ? from : to) || (begin ? moved > to : moved < from))
    return false;
  interval_set(question, analysis, begin ? moved : from, begin ? to : moved);
  return true;
}

bool interval_move_family(struct question *question, const struct milestones *milestones,
                          enum action action) {
  bool begin = action == ACTION_FROM_BACK || action == ACTION_FROM_FORWARD;
  bool back = action == ACTION_FROM_BACK || action == ACTION_TO_BACK;
  size_t last = milestones->count ? milestones->count - 1 : 0;
  size_t from = milestones_at(milestones, question->from);
  size_t to = question->to == QUESTION_END ? last : milestones_at(milestones, question->to);
  size_t at = begin ? from : to, moved = at;
  do /* marks of one time are one stop */
    moved = back ? moved - (moved > 0) : moved + (moved < last);
  while (moved > 0 && moved < last && milestones->list[moved].stamp == milestones->list[at].stamp);
  if (moved == at || (begin ? moved > to : moved < from))
    return false;
  uint64_t stamp = milestones->list[moved].stamp;
  if (begin)
    question->from = moved ? stamp : 0;
  else
    question->to = moved == last ? QUESTION_END : stamp;
  return true;
}

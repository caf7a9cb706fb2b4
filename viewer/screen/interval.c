/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/interval.h"

bool interval_move(struct question *question, const struct analysis *analysis, enum action action) {
  const struct analysis_moment *moments;
  size_t last = analysis_moments(analysis, &moments) - 1;
  size_t from = question->from, to = question->to < last ? question->to : last;
  if (action == ACTION_FROM_BACK && from > 0)
    from--;
  else if (action == ACTION_FROM_FORWARD && from < to)
    from++;
  else if (action == ACTION_TO_BACK && to > from)
    to--;
  else if (action == ACTION_TO_FORWARD && to < last)
    to++;
  else
    return false;
  question->from = from;
  question->to = to == last ? QUESTION_END : to;
  return true;
}

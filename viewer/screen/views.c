/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/views.h"

static const struct {
  enum action action;
  const struct view_ops *ops;
} views[] = {
#define VIEW_AS_ROW(X, name, ops, key, text) {ACTION_VIEW_##name, &(ops)},
    VIEWS(VIEW_AS_ROW, ) FAMILY_VIEWS(VIEW_AS_ROW, )
#undef VIEW_AS_ROW
};

struct views_range views_range(bool family) {
  return family ? (struct views_range){VIEWS_OF_TRACE, VIEWS_COUNT}
                : (struct views_range){0, VIEWS_OF_TRACE};
}

const struct view_ops *views_ops(size_t number) {
  return views[number].ops;
}

enum action views_action(size_t number) {
  return views[number].action;
}

size_t views_of_action(enum action action) {
  size_t number = 0;
  while (number < VIEWS_COUNT && views[number].action != action)
    number++;
  return number;
}

size_t views_of_table(const struct grid_table *table) {
  size_t number = 0;
  while (number < VIEWS_COUNT && views[number].ops->grid != table)
    number++;
  return number;
}

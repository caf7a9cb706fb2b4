/* SPDX-License-Identifier: Apache-2.0
 *
 * What tables are sorted by, and how. Figures are the question's order, which all views share, so
 * that the trace's reader does the work; what only one table has is its own.
 */
#include "screen/grid.h"
#include "screen/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- By what --------------------------------------------------------------------------------- */

static bool order_is_known(const struct view *view, int column) {
  const struct grid_column *own = grid_own(view->ops->grid, column);
  return !own || !own->known || own->known(view);
}

/* The own column that rows are sorted by, or the name where that is a table's own affair; -1: they
 * are as the question has them. */
static int order_own(const struct view *view) {
  const struct grid_table *table = view->ops->grid;
  int own = view->settings->order.own[views_of_table(table)];
  int column = own ? COLUMN_COUNT + own - 1 : COLUMN_COUNT + table->usual;
  bool there = own ? column <= grid_columns(table) : table->usual >= 0;
  return there && order_is_known(view, column) ? column : -1;
}

static int order_of_question(const struct view *view, enum analysis_sort sort) {
  int wanted[GRID_MOST];
  if (sort == ANALYSIS_SORT_NAME)
    return grid_columns(view->ops->grid);
  for (int i = 0, count = grid_wanted(view, wanted); i < count; i++)
    if (wanted[i] < COLUMN_COUNT && columns()[wanted[i]].sort == sort)
      return wanted[i];
  int column = 0;
  while (columns()[column].sort != sort)
    column++;
  return column;
}

int grid_sorted(const struct view *view) {
  int own = order_own(view);
  return own >= 0 ? own : order_of_question(view, view->picture->question.sort);
}

/* ---- Arranging ------------------------------------------------------------------------------- */

struct key_of_row {
  bool none; /* nothing to sort by */
  double value;
  char *text; /* NULL: by the value */
  size_t index;
};

static void key_set_text(struct key_of_row *key, const char *text) {
  key->text = text ? strdup(text) : NULL;
  key->none = !key->text;
}

static void key_set_value(struct key_of_row *key, double value) {
  key->none = isnan(value);
  key->value = value;
}

static void key_set_figure(struct key_of_row *key, enum analysis_sort sort,
                           const struct analysis_figures *figures) {
  int64_t value = figures ? analysis_sort_value(figures, sort) : INT64_MIN;
  key_set_value(key, value == INT64_MIN ? NAN : (double)value);
}

/* Names that the question's order is by already keep it. */
static void key_set(struct key_of_row *key, const struct grid_table *table, int column,
                    const struct grid_row *row) {
  const struct grid_column *own = grid_own(table, column);
  char name[GRID_NAME], cell[GRID_CELL];
  if (own && own->value)
    key_set_value(key, own->value(row));
  else if (own)
    key_set_text(key, own->text(cell, row) ? cell : NULL);
  else if (column < COLUMN_COUNT)
    key_set_figure(key, columns()[column].sort, row->figures);
  else if (table->text)
    key_set_text(key, table->text(name, row));
}

static int key_compare(const void *a, const void *b, void *reverse) {
  const struct key_of_row *x = a, *y = b;
  int order = 0;
  if (x->none != y->none)
    return x->none ? 1 : -1;
  if (x->text && y->text)
    order = strcasecmp(x->text, y->text);
  else if (x->value != y->value)
    order = x->value < y->value ? 1 : -1;
  order = order ? order : (x->index > y->index) - (x->index < y->index);
  return *(const bool *)reverse ? -order : order;
}

/* Puts the elements where their keys are. */
static void order_move(const struct key_of_row *keys, char *elements, char *copy, size_t count,
                       size_t bytes) {
  memcpy(copy, elements, count * bytes);
  for (size_t i = 0; i < count; i++)
    memcpy(elements + i * bytes, copy + keys[i].index * bytes, bytes);
}

void grid_arrange(struct view *view, void *elements, size_t count, size_t bytes) {
  const struct grid_table *table = view->ops->grid;
  struct key_of_row *keys = calloc(count + 1, sizeof *keys);
  char *copy = reallocarray(NULL, count + 1, bytes);
  int column = grid_sorted(view);
  memset(view->most, 0, sizeof view->most);
  for (size_t i = 0; keys && i < count; i++) {
    const struct grid_row row = table->row(view, (const char *)elements + i * bytes);
    keys[i].index = i;
    key_set(&keys[i], table, column, &row);
    if (row.figures)
      grid_gauge(view, row.figures);
  }
  if (keys && copy) {
    qsort_r(keys, count, sizeof *keys, key_compare, &view->settings->order.reverse);
    order_move(keys, elements, copy, count, bytes);
  }
  for (size_t i = 0; keys && i < count; i++)
    free(keys[i].text);
  free(keys);
  free(copy);
}

void grid_gauge(struct view *view, const struct analysis_figures *figures) {
  for (int sort = 0; sort < ANALYSIS_AMOUNTS; sort++) {
    int64_t value = analysis_sort_value(figures, (enum analysis_sort)sort);
    view->most[sort] = value > view->most[sort] ? value : view->most[sort];
  }
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void order_set(struct view *view, int column) {
  const struct grid_table *table = view->ops->grid;
  struct order *order = &view->settings->order;
  uint8_t *own = &order->own[views_of_table(table)];
  struct question question = model_question(view->model);
  enum analysis_sort before = question.sort;
  bool is_name = column == grid_columns(table);
  bool asked = column < COLUMN_COUNT || (is_name && table->figures);
  if (asked)
    question.sort = is_name ? ANALYSIS_SORT_NAME : columns()[column].sort;
  *own = asked ? 0 : (uint8_t)(column - COLUMN_COUNT + 1);
  order->reverse = false;
  if (question.sort != before)
    model_ask(view->model, &question);
}

/* The column that rows are sorted by once the question is answered. */
static int order_asked(struct view *view) {
  int own = order_own(view);
  return own >= 0 ? own : order_of_question(view, model_question(view->model).sort);
}

/* The columns that s goes through, in the order of the headings: each order once. */
static int order_stops(const struct view *view, int *stops) {
  int wanted[GRID_MOST], count = 0;
  bool seen[ANALYSIS_SORT_COUNT] = {false};
  for (int i = 0, all = grid_wanted(view, wanted); i < all; i++) {
    if (wanted[i] < COLUMN_COUNT) {
      bool *met = &seen[columns()[wanted[i]].sort];
      if (*met)
        continue;
      *met = true;
    }
    stops[count++] = wanted[i];
  }
  stops[count++] = grid_columns(view->ops->grid);
  return count;
}

static void order_step(struct view *view, int step) {
  int stops[GRID_MOST + 1], at = 0, sorted = order_asked(view);
  int count = order_stops(view, stops);
  while (at < count && stops[at] != sorted)
    at++;
  if (at == count) /* by what is no longer wanted: on with the first, or the last */
    at = step > 0 ? count - 1 : 0;
  order_set(view, stops[(at + step + count) % count]);
}

bool grid_same_order(int a, int b) {
  return a == b || (a < COLUMN_COUNT && b < COLUMN_COUNT && columns()[a].sort == columns()[b].sort);
}

static bool order_point(struct view *view, const struct key *key) {
  int column = grid_column_at(view, key->column);
  if (column < 0)
    return false;
  if (grid_same_order(column, order_asked(view)))
    view->settings->order.reverse = !view->settings->order.reverse;
  else
    order_set(view, column);
  return true;
}

static void grid_step_figures(struct view *view) {
  const struct figure_set_basis basis = grid_basis(view);
  view->settings->figures = figure_set_next(view->settings->figures, &basis);
}

bool grid_act(struct view *view, enum action action, const struct key *key) {
  struct settings *settings = view->settings;
  const struct grid_table *table = view->ops->grid;
  if (action == ACTION_SORT || action == ACTION_SORT_BACK)
    order_step(view, action == ACTION_SORT ? 1 : -1);
  else if (action == ACTION_REVERSE)
    settings->order.reverse = !settings->order.reverse;
  else if (action == ACTION_UNITS && table->figures)
    grid_step_figures(view);
  else if (action != ACTION_POINT || !order_point(view, key))
    return false;
  view_rearrange(view);
  return true;
}

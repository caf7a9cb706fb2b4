/* SPDX-License-Identifier: Apache-2.0
 *
 * What is new, gone, grown or shrunk: between the ends of the interval, or between two traces.
 */
#include "report/format.h"
#include "screen/grid.h"
#include "screen/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATIO_BELOW 10000 /* bytes per unit or hour that are written with their fraction */

enum diff_column { DIFF_CHANGE, DIFF_BYTES, DIFF_BLOCKS, DIFF_OLD, DIFF_NEW, DIFF_COLUMNS };

static const struct grid_column columns[DIFF_COLUMNS] = {
    {"change", 6, true}, {"bytes", 12, false}, {"blocks", 10, false},
    {"old", 11, false},  {"new", 11, false},
};

struct diff {
  struct view view;
  size_t *order; /* of the comparison's rows */
  enum diff_column sort;
  uint64_t key; /* of the selected row, while the picture changes */
};

static struct diff *diff_of(struct view *view) {
  return (struct diff *)view;
}

static const struct difference *diff_difference(const struct view *view) {
  return view->picture->difference;
}

static const struct compare_row *diff_at(const struct view *view, size_t row) {
  size_t index = view->settings->reverse ? view->table.count - 1 - row : row;
  return &diff_difference(view)->comparison.rows[((const struct diff *)view)->order[index]];
}

/* ---- Order ------------------------------------------------------------------------------------*/

static double row_value(const struct compare_row *row, enum diff_column column) {
  switch (column) {
  case DIFF_CHANGE:
    return -(double)row->change;
  case DIFF_BLOCKS:
    return fabs(row->new.blocks - row->old.blocks);
  case DIFF_OLD:
    return row->old.bytes;
  case DIFF_NEW:
    return row->new.bytes;
  default:
    return fabs(row->new.bytes - row->old.bytes);
  }
}

/* Rows that are equal stay as the comparison has them: by their difference. */
static int diff_compare(const void *a, const void *b, void *data) {
  const struct view *view = data;
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  const struct compare_row *rows = diff_difference(view)->comparison.rows;
  enum diff_column sort = ((const struct diff *)view)->sort;
  double left = row_value(&rows[x], sort), right = row_value(&rows[y], sort);
  if (left != right)
    return left < right ? 1 : -1;
  return (x > y) - (x < y);
}

static void diff_sort(struct view *view) {
  struct diff *self = diff_of(view);
  for (size_t i = 0; i < view->table.count; i++)
    self->order[i] = i;
  qsort_r(self->order, view->table.count, sizeof *self->order, diff_compare, view);
}

static uint64_t diff_key(const struct compare_row *row) {
  char name[IDENTITY_BYTES];
  uint64_t key = 1;
  for (const char *at = identity_text(name, compare_identity(row)); *at; at++)
    key = key * 31 + (unsigned char)*at;
  return key;
}

/* ---- Coming and going -------------------------------------------------------------------------*/

static bool diff_open(struct view *view, const struct analysis_site *site) {
  (void)site;
  diff_of(view)->sort = DIFF_BYTES;
  return true;
}

static void diff_close(struct view *view) {
  free(diff_of(view)->order);
}

static void diff_remember(struct view *view) {
  if (view->table.count)
    diff_of(view)->key = diff_key(diff_at(view, view->table.cursor));
}

static void diff_refresh(struct view *view) {
  struct diff *self = diff_of(view);
  size_t count = diff_difference(view)->comparison.count;
  size_t *order = reallocarray(self->order, count + 1, sizeof *order);
  if (order)
    self->order = order;
  table_count(&view->table, order ? count : 0);
  diff_sort(view);
  for (size_t row = 0; view->table.cursor && row < view->table.count; row++)
    if (diff_key(diff_at(view, row)) == self->key) {
      table_move_to(&view->table, row);
      return;
    }
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

static const char *amount(char *out, enum compare_normal normal, double value, bool blocks) {
  if (normal != COMPARE_NONE && (blocks || value < RATIO_BELOW))
    return format_ratio(out, value);
  return blocks ? format_count(out, (uint64_t)value) : format_size(out, (uint64_t)value);
}

static const char *change_of(char *out, enum compare_normal normal, double change, bool blocks) {
  char value[FORMAT_BYTES];
  amount(value, normal, fabs(change), blocks);
  snprintf(out, FORMAT_BYTES, "%s%.40s", change > 0 ? "+" : change < 0 ? "-" : "", value);
  return out;
}

/* What is compared with what, and how many sites changed in which way. */
static void draw_sides(const struct difference *difference, struct screen *screen, int at) {
  static const char *const terms[] = {"", ", per unit", ", per hour"};
  const struct comparison *comparison = &difference->comparison;
  char text[800], bytes[FORMAT_BYTES];
  snprintf(text, sizeof text, "%s  %s  %s%s", difference->old.title,
           screen->unicode ? "\u2192" : "->", difference->new.title, terms[difference->normal]);
  screen_put(screen, at, 1, screen->columns - 2, STYLE_TEXT, text);
  double change = comparison->new_bytes - comparison->old_bytes;
  int used = snprintf(text, sizeof text,
                      "%s in all:", change_of(bytes, difference->normal, change, false));
  for (int kind = COMPARE_NEW; kind < COMPARE_CHANGE_COUNT; kind++)
    used += snprintf(text + used, sizeof text - (size_t)used, " %zu %s%s",
                     comparison->changes[kind], compare_change_word((enum compare_change)kind),
                     kind + 1 < COMPARE_CHANGE_COUNT ? "," : "");
  screen_put(screen, at + 1, 1, screen->columns - 2, change > 0 ? STYLE_GROWTH : STYLE_QUIET, text);
}

static int diff_head(struct view *view, struct screen *screen, int first) {
  struct grid grid;
  int rows = screen->rows >= 12 ? 2 : 0;
  if (rows)
    draw_sides(diff_difference(view), screen, first);
  grid_lay_out(&grid, columns, DIFF_COLUMNS, screen->columns);
  grid_head(&grid, screen, first + rows, "call site");
  int column = diff_of(view)->sort;
  if (column < grid.shown)
    grid_mark(&grid, screen, first + rows, column, view->settings->reverse);
  return rows + 1;
}

static void diff_draw(void *data, size_t index, struct screen *screen, int at) {
  struct view *view = data;
  const struct compare_row *row = diff_at(view, index);
  enum compare_normal normal = diff_difference(view)->normal;
  bool more = row->change == COMPARE_NEW || row->change == COMPARE_GROWN;
  enum screen_style style = more ? STYLE_GROWTH : STYLE_QUIET;
  char text[FORMAT_BYTES], name[IDENTITY_BYTES];
  struct grid grid;
  grid_lay_out(&grid, columns, DIFF_COLUMNS, screen->columns);
  grid_put(&grid, screen, at, DIFF_CHANGE, style, compare_change_word(row->change));
  grid_put(&grid, screen, at, DIFF_BYTES, style,
           change_of(text, normal, row->new.bytes - row->old.bytes, false));
  grid_put(&grid, screen, at, DIFF_BLOCKS, STYLE_QUIET,
           change_of(text, normal, row->new.blocks - row->old.blocks, true));
  grid_put(&grid, screen, at, DIFF_OLD, STYLE_QUIET, amount(text, normal, row->old.bytes, false));
  grid_put(&grid, screen, at, DIFF_NEW, STYLE_TEXT, amount(text, normal, row->new.bytes, false));
  grid_name(&grid, screen, at, 0, STYLE_TEXT, identity_text(name, compare_identity(row)));
}

/* ---- Acting -----------------------------------------------------------------------------------*/

static bool diff_matches(void *data, size_t row, const char *needle) {
  char name[IDENTITY_BYTES];
  return view_text_has(identity_text(name, compare_identity(diff_at(data, row))), needle);
}

/* The row's site in the interval that is shown; NULL: it has none there. */
static const struct analysis_site *diff_selected(struct view *view) {
  if (!view->picture || !view->table.count)
    return NULL;
  const struct compare_row *row = diff_at(view, view->table.cursor);
  const struct analysis_report *report = view->picture->report;
  for (size_t i = 0; i < report->site_count; i++) {
    struct identity identity = identity_of(view->picture->reading->trace, &report->sites[i]);
    if (identity_compare_exact(&identity, compare_identity(row)) == 0)
      return &report->sites[i];
  }
  return NULL;
}

static void diff_sort_by(struct view *view, enum diff_column column) {
  diff_of(view)->sort = column;
  diff_sort(view);
  view->table.cursor = 0;
}

static void diff_sort_at(struct view *view, int screen_column) {
  struct grid grid;
  grid_lay_out(&grid, columns, DIFF_COLUMNS, view->columns);
  int column = grid_column_at(&grid, screen_column);
  if (column >= 0)
    diff_sort_by(view, (enum diff_column)column);
}

static void diff_normalize(struct view *view) {
  struct question question = model_question(view->model);
  question.normal = difference_next_normal(diff_difference(view));
  model_ask(view->model, &question);
}

static enum view_result diff_act(struct view *view, enum action action, const struct key *key) {
  int sort = (int)diff_of(view)->sort;
  (void)key;
  switch (action) {
  case ACTION_OPEN:
    return diff_selected(view) ? VIEW_DETAIL : VIEW_DONE;
  case ACTION_REVERSE:
    view->settings->reverse = !view->settings->reverse;
    return VIEW_DONE;
  case ACTION_SORT:
    diff_sort_by(view, (enum diff_column)((sort + 1) % DIFF_COLUMNS));
    return VIEW_DONE;
  case ACTION_SORT_BACK:
    diff_sort_by(view, (enum diff_column)((sort + DIFF_COLUMNS - 1) % DIFF_COLUMNS));
    return VIEW_DONE;
  case ACTION_UNITS:
    diff_normalize(view);
    return VIEW_DONE;
  default:
    return VIEW_IGNORED;
  }
}

const struct view_ops view_diff = {
    .name = "diff",
    .bytes = sizeof(struct diff),
    .by = ANALYSIS_BY_SITE,
    .compares = true,
    .hints = {ACTION_OPEN, ACTION_SEARCH, ACTION_FILTER, ACTION_SORT, ACTION_UNITS,
              ACTION_FROM_FORWARD, ACTION_TO_BACK},
    .rows = {diff_draw, diff_matches},
    .empty = "Nothing differs.",
    .open = diff_open,
    .close = diff_close,
    .remember = diff_remember,
    .refresh = diff_refresh,
    .head = diff_head,
    .sort_at = diff_sort_at,
    .act = diff_act,
    .selected = diff_selected,
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * What is new, gone, grown or shrunk: between the ends of the interval, or between two traces.
 */
#include "report/format.h"
#include "screen/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATIO_BELOW 10000 /* bytes per unit or hour that are written with their fraction */

struct diff {
  struct view view;
  const struct compare_row **rows; /* of the comparison, in the order in which they are shown */
  uint64_t key;                    /* of the selected row, while the picture changes */
};

static struct diff *diff_of(struct view *view) {
  return (struct diff *)view;
}

static const struct difference *diff_difference(const struct view *view) {
  return view->picture->difference;
}

static const struct compare_row *diff_at(const struct view *view, size_t row) {
  return ((const struct diff *)view)->rows[row];
}

/* ---- Columns ----------------------------------------------------------------------------------*/

static const struct compare_row *pair_of(const struct grid_row *row) {
  return row->own;
}

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

static enum compare_normal normal_of(const struct grid_row *row) {
  return diff_difference(row->view)->normal;
}

static enum screen_style change_style(const struct grid_row *row) {
  enum compare_change change = pair_of(row)->change;
  return change == COMPARE_NEW || change == COMPARE_GROWN ? STYLE_GROWTH : STYLE_QUIET;
}

static bool change_text(char *out, const struct grid_row *row) {
  snprintf(out, GRID_CELL, "%s", compare_change_word(pair_of(row)->change));
  return true;
}

static double change_value(const struct grid_row *row) {
  return -(double)pair_of(row)->change;
}

static double bytes_change(const struct grid_row *row) {
  return pair_of(row)->new.bytes - pair_of(row)->old.bytes;
}

static bool bytes_text(char *out, const struct grid_row *row) {
  return change_of(out, normal_of(row), bytes_change(row), false);
}

static double bytes_value(const struct grid_row *row) {
  return fabs(bytes_change(row));
}

static double blocks_change(const struct grid_row *row) {
  return pair_of(row)->new.blocks - pair_of(row)->old.blocks;
}

static bool blocks_text(char *out, const struct grid_row *row) {
  return change_of(out, normal_of(row), blocks_change(row), true);
}

static double blocks_value(const struct grid_row *row) {
  return fabs(blocks_change(row));
}

static double old_value(const struct grid_row *row) {
  return pair_of(row)->old.bytes;
}

static bool old_text(char *out, const struct grid_row *row) {
  return amount(out, normal_of(row), old_value(row), false);
}

static double new_value(const struct grid_row *row) {
  return pair_of(row)->new.bytes;
}

static bool new_text(char *out, const struct grid_row *row) {
  return amount(out, normal_of(row), new_value(row), false);
}

enum { DIFF_CHANGE, DIFF_BYTES, DIFF_BLOCKS, DIFF_OLD, DIFF_NEW, DIFF_COLUMNS };
static const struct grid_column diff_own[DIFF_COLUMNS] = {
    [DIFF_CHANGE] = {.title = "change",
                     .help = "new, gone, grown or shrunk",
                     .width = 6,
                     .left = true,
                     .text = change_text,
                     .value = change_value,
                     .style = change_style},
    [DIFF_BYTES] = {.title = "bytes",
                    .help = "by how many; sorted by how much, whichever way",
                    .width = 12,
                    .text = bytes_text,
                    .value = bytes_value,
                    .style = change_style},
    [DIFF_BLOCKS] = {.title = "blocks",
                     .help = "by how many",
                     .width = 10,
                     .text = blocks_text,
                     .value = blocks_value},
    [DIFF_OLD] =
        {.title = "old", .help = "bytes before", .width = 11, .text = old_text, .value = old_value},
    [DIFF_NEW] =
        {.title = "new", .help = "bytes after", .width = 11, .text = new_text, .value = new_value},
};

static const char *diff_heading(const struct view *view) {
  (void)view;
  return "call site";
}

/* Elements are pointers to rows of the comparison. */
static struct grid_row diff_row(const struct view *view, const void *element) {
  return (struct grid_row){view, *(const struct compare_row *const *)element, NULL};
}

static const char *diff_text(char *out, const struct grid_row *row) {
  return identity_text(out, compare_identity(pair_of(row)));
}

static const struct grid_table diff_table = {.name = "diff",
                                             .own = diff_own,
                                             .own_count = DIFF_COLUMNS,
                                             .usual = DIFF_BYTES,
                                             .heading = diff_heading,
                                             .row = diff_row,
                                             .text = diff_text};

/* ---- Rows -------------------------------------------------------------------------------------*/

static void diff_close(struct view *view) {
  free(diff_of(view)->rows);
}

static void diff_remember(struct view *view) {
  if (view->table.count)
    diff_of(view)->key = identity_key(compare_identity(diff_at(view, view->table.cursor)));
}

/* Takes the comparison's rows; false: no memory. */
static bool diff_take(struct diff *self, const struct comparison *comparison) {
  const struct compare_row **rows = reallocarray(self->rows, comparison->count + 1, sizeof *rows);
  if (!rows)
    return false;
  self->rows = rows;
  for (size_t i = 0; i < comparison->count; i++)
    rows[i] = &comparison->rows[i];
  grid_arrange(&self->view, rows, comparison->count, sizeof *rows);
  return true;
}

static void diff_refresh(struct view *view) {
  struct diff *self = diff_of(view);
  const struct comparison *comparison = &diff_difference(view)->comparison;
  table_count(&view->table, diff_take(self, comparison) ? comparison->count : 0);
  for (size_t row = 0; view->table.cursor && row < view->table.count; row++)
    if (identity_key(compare_identity(diff_at(view, row))) == self->key) {
      table_move_to(&view->table, row);
      return;
    }
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

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
  int rows = screen->rows >= 12 ? 2 : 0;
  if (rows)
    draw_sides(diff_difference(view), screen, first);
  return rows;
}

static void diff_draw(void *data, size_t index, struct screen *screen, int at) {
  struct view *view = data;
  const struct compare_row *const *element = &diff_of(view)->rows[index];
  char name[IDENTITY_BYTES];
  grid_cells(view, element, screen, at);
  grid_name(view, screen, at, 0, STYLE_TEXT, identity_text(name, compare_identity(*element)));
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

static void diff_normalize(struct view *view) {
  struct question question = model_question(view->model);
  question.normal = difference_next_normal(diff_difference(view));
  model_ask(view->model, &question);
}

static enum view_result diff_act(struct view *view, enum action action, const struct key *key) {
  (void)key;
  if (action == ACTION_OPEN)
    return view->table.count ? VIEW_DETAIL : VIEW_DONE;
  if (action != ACTION_UNITS)
    return VIEW_IGNORED;
  diff_normalize(view);
  return VIEW_DONE;
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
    .bare = "what is gone has nothing in the interval that is shown",
    .close = diff_close,
    .remember = diff_remember,
    .refresh = diff_refresh,
    .head = diff_head,
    .grid = &diff_table,
    .act = diff_act,
    .selected = diff_selected,
};

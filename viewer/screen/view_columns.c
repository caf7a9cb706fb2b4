/* SPDX-License-Identifier: Apache-2.0
 *
 * The chooser of columns, of the table that it is laid over.
 */
#include "screen/view.h"

#include <stdio.h>

struct chooser {
  struct view view;
  const struct grid_table *table;
};

static const struct grid_table *chooser_table(const struct view *view) {
  return ((const struct chooser *)view)->table;
}

/* A table without figures has but its own. */
static int chooser_column(const struct view *view, size_t row) {
  return (int)row + (chooser_table(view)->figures ? 0 : COLUMN_COUNT);
}

static bool chooser_open(struct view *view, const struct analysis_site *site) {
  (void)site;
  ((struct chooser *)view)->table = view->settings->choose;
  table_count(&view->table, (size_t)(grid_columns(chooser_table(view)) - chooser_column(view, 0)));
  return true;
}

static int chooser_head(struct view *view, struct screen *screen, int first) {
  char text[160];
  const struct grid_table *table = chooser_table(view);
  const struct figure_set_basis basis = grid_any_basis(view->settings, table);
  enum figure_set set = figure_set_usable(view->settings->figures, &basis);
  snprintf(text, sizeof text, "columns of %s%s%s; Enter puts one in or takes it out", table->name,
           table->figures ? ": " : "", table->figures ? figure_set_name(set) : "");
  screen_paint(screen, first, 0, screen->columns, STYLE_HEADING);
  screen_put(screen, first, 1, screen->columns - 2, STYLE_HEADING, text);
  return 1;
}

static void chooser_draw(void *data, size_t row, struct screen *screen, int at) {
  const struct view *view = data;
  int column = chooser_column(view, row);
  bool shown = grid_has_column(view->settings, chooser_table(view), column);
  screen_put(screen, at, 1, 4, shown ? STYLE_TEXT : STYLE_QUIET, shown ? "[x]" : "[ ]");
  screen_put(screen, at, 5, 13, shown ? STYLE_TEXT : STYLE_QUIET,
             grid_title(chooser_table(view), column));
  screen_put(screen, at, 19, screen->columns - 20, STYLE_QUIET,
             grid_help(chooser_table(view), column));
}

static bool chooser_matches(void *data, size_t row, const char *needle) {
  const struct view *view = data;
  int column = chooser_column(view, row);
  return view_text_has(grid_title(chooser_table(view), column), needle) ||
         view_text_has(grid_help(chooser_table(view), column), needle);
}

static enum view_result chooser_act(struct view *view, enum action action, const struct key *key) {
  struct settings *settings = view->settings;
  const struct grid_table *table = chooser_table(view);
  const struct figure_set_basis basis = grid_any_basis(settings, table);
  (void)key;
  if (action == ACTION_OPEN)
    grid_toggle_column(settings, table, chooser_column(view, view->table.cursor));
  else if (action == ACTION_UNITS && (table->figures || settings->figures == FIGURE_SET_CHOSEN))
    settings->figures = figure_set_next(settings->figures, &basis);
  else
    return VIEW_IGNORED;
  return VIEW_DONE;
}

const struct view_ops view_columns = {
    .name = "columns",
    .bytes = sizeof(struct chooser),
    .by = -1,
    .fixed = true,
    .hints = {ACTION_OPEN, ACTION_BACK, ACTION_UNITS, ACTION_SEARCH},
    .rows = {chooser_draw, chooser_matches},
    .open = chooser_open,
    .head = chooser_head,
    .act = chooser_act,
};

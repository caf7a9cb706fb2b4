/* SPDX-License-Identifier: Apache-2.0
 *
 * The chooser of columns: those of the tables of sites, functions and of the tree.
 */
#include "screen/listing.h"

#include <stdio.h>

static bool columns_open(struct view *view, const struct analysis_site *site) {
  (void)site;
  table_count(&view->table, COLUMN_COUNT);
  return true;
}

static int columns_head(struct view *view, struct screen *screen, int first) {
  char text[120];
  snprintf(text, sizeof text, "columns of tables: %s; Enter puts one in or takes it out",
           listing_figures_name(view->settings->figures));
  screen_paint(screen, first, 0, screen->columns, STYLE_HEADING);
  screen_put(screen, first, 1, screen->columns - 2, STYLE_HEADING, text);
  return 1;
}

static void columns_draw(void *data, size_t row, struct screen *screen, int at) {
  const struct view *view = data;
  const struct column *column = &columns()[row];
  bool shown = listing_has_column(view->settings, (int)row);
  screen_put(screen, at, 1, 4, shown ? STYLE_TEXT : STYLE_QUIET, shown ? "[x]" : "[ ]");
  screen_put(screen, at, 5, 13, shown ? STYLE_TEXT : STYLE_QUIET, column->title);
  screen_put(screen, at, 19, screen->columns - 20, STYLE_QUIET, column->help);
}

static bool columns_matches(void *data, size_t row, const char *needle) {
  (void)data;
  return view_text_has(columns()[row].title, needle) || view_text_has(columns()[row].help, needle);
}

static enum view_result columns_act(struct view *view, enum action action, const struct key *key) {
  (void)key;
  if (action != ACTION_OPEN)
    return VIEW_IGNORED;
  listing_toggle_column(view->settings, (int)view->table.cursor);
  return VIEW_DONE;
}

const struct view_ops view_columns = {
    .name = "columns",
    .bytes = sizeof(struct view),
    .by = -1,
    .fixed = true,
    .hints = {ACTION_OPEN, ACTION_BACK, ACTION_UNITS, ACTION_SEARCH},
    .rows = {columns_draw, columns_matches},
    .open = columns_open,
    .head = columns_head,
    .act = columns_act,
};

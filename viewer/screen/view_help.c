/* SPDX-License-Identifier: Apache-2.0
 *
 * The help: the tables of actions and of columns as they are, so that it cannot say anything else
 * than keys do and columns mean.
 */
#include "report/columns.h"
#include "screen/views.h"

#include <stdio.h>
#include <string.h>

#define HELP_ROWS (2 * ACTION_COUNT + COLUMN_COUNT + 1 + VIEWS_COUNT * GRID_MOST) /* at most */

struct help_row { /* text NULL: a heading */
  char left[ACTION_KEYS * (KEY_NAME_BYTES + 1)];
  const char *text;
};

static const struct grid_table figures_alone = {.name = "figures"};

struct help {
  struct view view;
  struct help_row rows[HELP_ROWS];
};

static void help_keys(const struct action_info *info, char *out, size_t bytes) {
  size_t used = 0;
  out[0] = '\0';
  for (int i = 0; i < ACTION_KEYS && info->keys[i]; i++) {
    char label[KEY_NAME_BYTES];
    key_label(info->keys[i], label);
    used += (size_t)snprintf(out + used, bytes - used, "%s%s", i ? " " : "", label);
  }
}

static size_t help_add_heading(struct help *help, size_t count, const char *heading) {
  snprintf(help->rows[count].left, sizeof help->rows[count].left, "%s", heading);
  return count + 1;
}

static size_t help_add_actions(struct help *help, size_t count) {
  const char *group = "";
  for (int action = 1; action < ACTION_COUNT; action++) {
    const struct action_info *info = action_info((enum action)action);
    if (strcmp(info->group, group) != 0)
      count = help_add_heading(help, count, group = info->group);
    help_keys(info, help->rows[count].left, sizeof help->rows[count].left);
    help->rows[count++].text = info->text;
  }
  return count;
}

/* What the columns of a table mean, from one on. */
static size_t help_add_columns(struct help *help, size_t count, const struct grid_table *table,
                               int first) {
  for (int column = first; column < grid_columns(table); column++) {
    snprintf(help->rows[count].left, sizeof help->rows[count].left, "%s",
             grid_title(table, column));
    help->rows[count++].text = grid_help(table, column);
  }
  return count;
}

/* The figures once, then what each table has besides them. */
static size_t help_add_tables(struct help *help, size_t count) {
  count = help_add_columns(help, help_add_heading(help, count, "Columns"), &figures_alone, 0);
  for (size_t view = 0; view < VIEWS_COUNT; view++) {
    const struct grid_table *table = views_ops(view)->grid;
    char heading[40];
    if (!table || views_of_table(table) != view)
      continue;
    snprintf(heading, sizeof heading, "Columns of %s", table->name);
    count = help_add_heading(help, count, heading);
    count = help_add_columns(help, count, table, COLUMN_COUNT);
  }
  return count;
}

static bool help_open(struct view *view, const struct analysis_site *site) {
  struct help *help = (struct help *)view;
  (void)site;
  table_count(&view->table, help_add_tables(help, help_add_actions(help, 0)));
  return true;
}

static void help_draw(void *data, size_t row, struct screen *screen, int at) {
  const struct help_row *line = &((struct help *)data)->rows[row];
  if (!line->text) {
    screen_put(screen, at, 1, screen->columns - 1, STYLE_HEADING, line->left);
    return;
  }
  int text_at = screen->columns >= 60 ? 24 : 16;
  screen_put(screen, at, 3, text_at - 4, STYLE_TEXT, line->left);
  screen_put(screen, at, text_at, screen->columns - text_at, STYLE_TEXT, line->text);
}

static bool help_matches(void *data, size_t row, const char *needle) {
  const struct help_row *line = &((struct help *)data)->rows[row];
  return view_text_has(line->left, needle) || view_text_has(line->text, needle);
}

const struct view_ops view_help = {
    .name = "help",
    .bytes = sizeof(struct help),
    .by = -1,
    .fixed = true,
    .hints = {ACTION_BACK, ACTION_SEARCH},
    .rows = {help_draw, help_matches},
    .open = help_open,
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * The help: the table of actions as it is, so that it cannot say anything else than the keys do.
 */
#include "screen/view.h"

#include <stdio.h>
#include <string.h>

#define HELP_ROWS (2 * ACTION_COUNT) /* at most: a heading before every action */

struct help {
  struct view view;
  struct {
    enum action action; /* NONE: a heading */
    const char *heading;
  } rows[HELP_ROWS];
};

static bool help_open(struct view *view, const struct analysis_site *site) {
  (void)site;
  struct help *help = (struct help *)view;
  const char *group = "";
  size_t count = 0;
  for (int action = 1; action < ACTION_COUNT; action++) {
    const struct action_info *info = action_info((enum action)action);
    if (strcmp(info->group, group) != 0)
      help->rows[count++].heading = group = info->group;
    help->rows[count++].action = (enum action)action;
  }
  table_count(&view->table, count);
  return true;
}

static void help_keys(const struct action_info *info, char *out, size_t bytes) {
  size_t used = 0;
  out[0] = '\0';
  for (int i = 0; i < ACTION_KEYS && info->keys[i]; i++) {
    char name[KEY_NAME_BYTES];
    key_label(info->keys[i], name);
    used += (size_t)snprintf(out + used, bytes - used, "%s%s", i ? " " : "", name);
  }
}

static void help_draw(void *data, size_t row, struct screen *screen, int at) {
  struct help *help = data;
  if (!help->rows[row].action) {
    screen_put(screen, at, 1, screen->columns - 1, STYLE_HEADING, help->rows[row].heading);
    return;
  }
  const struct action_info *info = action_info(help->rows[row].action);
  int text_at = screen->columns >= 60 ? 24 : 16;
  char keys[ACTION_KEYS * (KEY_NAME_BYTES + 1)];
  help_keys(info, keys, sizeof keys);
  screen_put(screen, at, 3, text_at - 4, STYLE_TEXT, keys);
  screen_put(screen, at, text_at, screen->columns - text_at, STYLE_TEXT, info->text);
}

static bool help_matches(void *data, size_t row, const char *needle) {
  struct help *help = data;
  return help->rows[row].action ? view_text_has(action_info(help->rows[row].action)->text, needle)
                                : view_text_has(help->rows[row].heading, needle);
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/view.h"

#include <stdlib.h>
#include <string.h>

struct view *view_new(const struct view_ops *ops, struct model *model, struct settings *settings,
                      const struct picture *picture, const struct analysis_site *site) {
  struct view *view = calloc(1, ops->bytes);
  if (!view)
    return NULL;
  view->ops = ops;
  view->users = 1;
  view->model = model;
  view->settings = settings;
  view->picture = picture;
  if (ops->open && !ops->open(view, site)) {
    view_drop(view);
    return NULL;
  }
  view_set_picture(view, picture);
  return view;
}

void view_keep(struct view *view) {
  view->users++;
}

void view_drop(struct view *view) {
  if (!view || --view->users)
    return;
  if (view->ops->close)
    view->ops->close(view);
  free(view);
}

void view_set_picture(struct view *view, const struct picture *picture) {
  view->picture = picture;
  if (view->ops->refresh && (picture || view->ops->fixed))
    view->ops->refresh(view);
}

/* Marks what was searched for in the rows on the screen. */
static void view_highlight(struct view *view, struct screen *screen, int first, int height) {
  if (view->settings->needle[0])
    for (int row = first; row < first + height; row++)
      screen_highlight(screen, row, view->settings->needle, STYLE_MATCH);
}

void view_draw(struct view *view, struct screen *screen, int first, int height) {
  const struct view_ops *ops = view->ops;
  if (!view->picture && !ops->fixed)
    return;
  view->columns = screen->columns;
  if (!view->table.count && ops->empty && ops->draw)
    screen_put(screen, first, 1, screen->columns - 1, STYLE_QUIET, ops->empty);
  if (ops->draw) {
    ops->draw(view, screen, first, height);
    return;
  }
  int head = ops->head && height > 2 ? ops->head(view, screen, first) : 0;
  view->head = head ? first + head - 1 : 0;
  if (!view->table.count && ops->empty)
    screen_put(screen, first + head, 1, screen->columns - 1, STYLE_QUIET, ops->empty);
  table_draw(&view->table, screen, first + head, height - head, &ops->rows, view);
  view_highlight(view, screen, first + head, height - head);
}

enum view_result view_act(struct view *view, enum action action, const struct key *key) {
  bool open = false;
  if (!view->picture && !view->ops->fixed)
    return VIEW_IGNORED;
  if (action == ACTION_POINT && view->head && key->row == view->head && view->ops->sort_at) {
    view->ops->sort_at(view, key->column);
    return VIEW_DONE;
  }
  if (!view->ops->draw && table_act(&view->table, action, key, &open)) {
    if (!open)
      return VIEW_DONE;
    action = ACTION_OPEN;
  }
  return view->ops->act ? view->ops->act(view, action, key) : VIEW_IGNORED;
}

bool view_search(struct view *view, size_t start, int step) {
  struct table *table = &view->table;
  if ((!view->picture && !view->ops->fixed) || !table->count || !view->settings->needle[0])
    return false;
  return table_find(table, start % table->count, step, view->settings->needle, &view->ops->rows,
                    view);
}

bool view_text_has(const char *text, const char *needle) {
  return text && strcasestr(text, needle);
}

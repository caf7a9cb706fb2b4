/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/view.h"

#include <stdlib.h>
#include <string.h>

bool order_same(const struct order *a, const struct order *b) {
  return a->reverse == b->reverse && memcmp(a->own, b->own, sizeof a->own) == 0;
}

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

/* Returns the rows that it took. */
static int view_draw_head(struct view *view, struct screen *screen, int first, int height) {
  const struct view_ops *ops = view->ops;
  int head = ops->head && height > 2 ? ops->head(view, screen, first) : 0;
  view->head = 0;
  if (!ops->grid)
    return head;
  grid_lay_out(view, screen->columns);
  if (height <= 2)
    return head;
  view->head = first + head;
  grid_head(view, screen, view->head);
  return head + 1;
}

void view_draw(struct view *view, struct screen *screen, int first, int height) {
  const struct view_ops *ops = view->ops;
  if (!view->picture && !ops->fixed)
    return;
  if (!view->table.count && ops->empty && ops->draw)
    screen_put(screen, first, 1, screen->columns - 1, STYLE_QUIET, ops->empty);
  if (ops->draw) {
    ops->draw(view, screen, first, height);
    return;
  }
  int head = view_draw_head(view, screen, first, height);
  if (!view->table.count && ops->empty)
    screen_put(screen, first + head, 1, screen->columns - 1, STYLE_QUIET, ops->empty);
  table_draw(&view->table, screen, first + head, height - head, &ops->rows, view);
  view_highlight(view, screen, first + head, height - head);
}

enum view_result view_act(struct view *view, enum action action, const struct key *key) {
  bool open = false;
  if (!view->picture && !view->ops->fixed)
    return VIEW_IGNORED;
  if (action == ACTION_POINT && view->head && key->row == view->head)
    return grid_act(view, action, key) ? VIEW_DONE : VIEW_IGNORED;
  if (!view->ops->draw && table_act(&view->table, action, key, &open)) {
    if (!open)
      return VIEW_DONE;
    action = ACTION_OPEN;
  }
  enum view_result result = view->ops->act ? view->ops->act(view, action, key) : VIEW_IGNORED;
  if (result == VIEW_IGNORED && view->ops->grid && grid_act(view, action, key))
    return VIEW_DONE;
  return result;
}

void view_rearrange(struct view *view) {
  if (!view->picture)
    return;
  if (view->ops->remember)
    view->ops->remember(view);
  if (view->ops->refresh)
    view->ops->refresh(view);
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

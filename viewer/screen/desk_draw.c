/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands where on the screen.
 */
#include "screen/banner.h"
#include "screen/desk_private.h"
#include "screen/footer.h"
#include "screen/timeline.h"

#include <stdio.h>
#include <string.h>

#define TAB_BYTES 64

/* Before the first picture: what is under way, and how far it is. */
static void desk_draw_loading(struct desk *desk) {
  struct screen *screen = &desk->screen;
  struct model_progress progress = model_progress(desk->model);
  int middle = screen->rows / 2, width = screen->columns > 44 ? 40 : screen->columns - 4;
  int at = (screen->columns - width) / 2;
  char text[64];
  const char *what = model_is_family(desk->model) ? "traces" : "trace";
  if (progress.share > 0)
    snprintf(text, sizeof text, "reading the %s: %d %%", what, (int)(progress.share * 100));
  else
    snprintf(text, sizeof text, "reading the %s", what);
  screen_put(screen, middle - 1, at, width, STYLE_TEXT, text);
  screen_bar(screen, middle, at, width, STYLE_BAR, progress.share);
}

static void desk_draw_footer(struct desk *desk) {
  char filter[sizeof((struct question *)0)->filter];
  memcpy(filter, model_question(desk->model).filter, sizeof filter);
  struct footer footer = {.prompt = desk->asking ? desk->asking->prompt : NULL,
                          .typed = desk->prompt.text,
                          .message = desk->message,
                          .filter = filter,
                          .view = desk_view(desk),
                          .within = desk->within[0],
                          .progress = model_progress(desk->model)};
  footer_draw(&footer, &desk->screen, desk->screen.rows - 1);
}

/* What stands in the tab of a view: its key, too, where there is room for all of them. */
static int desk_tab(const struct desk *desk, size_t number, bool keys, char *out, size_t bytes) {
  char key[KEY_NAME_BYTES];
  key_label(action_info(views_action(number))->keys[0], key);
  snprintf(out, bytes, "%s%s%s", keys ? key : "", keys ? " " : "", views_ops(number)->name);
  return screen_width(&desk->screen, out);
}

/* Columns that the tabs of a view and all before it take, back to a first one. */
static int desk_tabs_width(const struct desk *desk, size_t first, size_t last, bool keys) {
  char text[TAB_BYTES];
  int width = 1;
  for (size_t i = first; i <= last; i++)
    width += desk_tab(desk, i, keys, text, sizeof text) + 2;
  return width;
}

/* Which view it is, beside the others; screens of few rows go without. Where not all fit, those
 * before the current one go first. */
static void desk_draw_tabs(struct desk *desk, int at) {
  struct screen *screen = &desk->screen;
  const char *over = desk->here.overlay_count ? desk_view(desk)->ops->name : "";
  int column = 1, limit = screen->columns - screen_width(screen, over) - 1;
  bool keys = desk_tabs_width(desk, desk->range.first, desk->range.stop - 1, true) <= limit + 1;
  size_t first = desk->range.first;
  while (first < desk->here.base && desk_tabs_width(desk, first, desk->here.base, keys) > limit)
    first++;
  for (size_t i = first; i < desk->range.stop && column < limit; i++) {
    char text[TAB_BYTES];
    int width = desk_tab(desk, i, keys, text, sizeof text);
    if (column + width > limit && i != desk->here.base)
      break; /* a part of a name says nothing */
    column += 2 + screen_put(screen, at, column, limit - column,
                             i == desk->here.base ? STYLE_HEADING : STYLE_QUIET, text);
  }
  screen_put(screen, at, limit, screen->columns - limit, STYLE_HEADING, over);
}

const struct screen *desk_draw(struct desk *desk) {
  struct screen *screen = &desk->screen;
  const struct picture *picture = model_picture(desk->model);
  struct view *view = desk_view(desk);
  screen_clear(screen);
  int first = 1, last = screen->rows - 1;
  if (picture && screen->rows > 6) {
    int strip = view && view->ops->strip ? 0 : timeline_rows(screen->rows);
    timeline_draw(picture, screen, first, strip);
    banner_draw_totals(picture, screen, first + strip);
    first += strip + 1;
    first += banner_draw_findings(picture, screen, first);
    first += relatives_draw(model_relatives(desk->model), screen, first);
    if (screen->rows >= 14)
      desk_draw_tabs(desk, first++);
  }
  bool waits = view && view->ops->compares && !view->picture && /* for the older of two traces */
               model_progress(desk->model).loading;
  if (view && !waits && (picture || view->ops->fixed))
    view_draw(view, screen, first, last - first);
  else
    desk_draw_loading(desk);
  banner_draw_title(picture, desk->path, desk->within, screen, 0);
  desk_draw_footer(desk);
  return screen;
}

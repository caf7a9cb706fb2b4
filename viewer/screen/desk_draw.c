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

/* Before the first picture: what is under way, and how far it is. */
static void desk_draw_loading(struct desk *desk) {
  struct screen *screen = &desk->screen;
  struct model_progress progress = model_progress(desk->model);
  int middle = screen->rows / 2, width = screen->columns > 44 ? 40 : screen->columns - 4;
  int at = (screen->columns - width) / 2;
  char text[64];
  if (progress.share > 0)
    snprintf(text, sizeof text, "reading the trace: %d %%", (int)(progress.share * 100));
  else
    snprintf(text, sizeof text, "reading the trace");
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
                          .progress = model_progress(desk->model)};
  footer_draw(&footer, &desk->screen, desk->screen.rows - 1);
}

/* Which view it is, with its key, beside the others; screens of few rows go without. Where not all
 * fit, those before the current one go first. */
static int desk_tab_width(const struct desk *desk, size_t number) {
  return screen_width(&desk->screen, views_ops(number)->name) + 4;
}

static size_t desk_first_tab(const struct desk *desk, int room) {
  size_t first = desk->here.base;
  for (int used = desk_tab_width(desk, first); first > 0; first--)
    if ((used += desk_tab_width(desk, first - 1)) > room)
      break;
  return first;
}

static void desk_draw_tabs(struct desk *desk, int at) {
  struct screen *screen = &desk->screen;
  const char *over = desk->here.overlay_count ? desk_view(desk)->ops->name : "";
  int column = 1, limit = screen->columns - screen_width(screen, over) - 1;
  for (size_t i = desk_first_tab(desk, limit); i < VIEWS_COUNT && column < limit; i++) {
    bool here = i == desk->here.base;
    char text[64], key[KEY_NAME_BYTES];
    key_label(action_info(views_action(i))->keys[0], key);
    snprintf(text, sizeof text, "%s %s", key, views_ops(i)->name);
    column += 2 + screen_put(screen, at, column, limit - column, here ? STYLE_HEADING : STYLE_QUIET,
                             text);
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
    if (screen->rows >= 14)
      desk_draw_tabs(desk, first++);
  }
  if (view && (picture || view->ops->fixed))
    view_draw(view, screen, first, last - first);
  else
    desk_draw_loading(desk);
  banner_draw_title(picture, desk->path, screen, 0);
  desk_draw_footer(desk);
  return screen;
}

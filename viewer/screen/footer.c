/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/footer.h"

#include "report/format.h"

#include <stdio.h>

#define TEXT_BYTES 384
#define WAY_BACK_ROOM 44 /* columns that let the way back stand beside what is always there */

static const enum action always[] = {ACTION_NEXT_VIEW, ACTION_HELP, ACTION_QUIT};

/* Right: what is under way, or where the cursor is. Returns the columns used. */
static int draw_place(const struct footer *footer, struct screen *screen, int at) {
  char text[3 * FORMAT_BYTES] = "", row[FORMAT_BYTES], count[FORMAT_BYTES];
  const struct table *table = footer->view ? &footer->view->table : NULL;
  if (footer->view && footer->progress.loading && footer->progress.share > 0)
    snprintf(text, sizeof text, "reading %d %%", (int)(footer->progress.share * 100));
  else if (footer->view && footer->progress.answering)
    snprintf(text, sizeof text, "working");
  else if (table && table->count)
    snprintf(text, sizeof text, "%s/%s", format_count(row, table->cursor + 1),
             format_count(count, table->count));
  int width = screen_width(screen, text);
  screen_put(screen, at, screen->columns - width - 1, width, STYLE_STATUS, text);
  return width + 1;
}

/* One hint, if it fits before limit; returns where the next one begins. */
static int draw_hint(struct screen *screen, int at, int column, int limit, enum action action) {
  const struct action_info *info = action_info(action);
  char key[KEY_NAME_BYTES], text[64];
  key_label(info->keys[0], key);
  snprintf(text, sizeof text, "%s %s", key, info->hint);
  int width = screen_width(screen, text);
  if (column + width >= limit)
    return column;
  screen_put(screen, at, column, width, STYLE_STATUS, text);
  return column + width + 2;
}

/* The way back to the family, before anything else. Returns where the next hint begins. */
static int draw_way_back(const struct footer *footer, struct screen *screen, int at, int column,
                         int limit) {
  bool below =
      footer->view && footer->view->ops->hints[1] == ACTION_BACK; /* a detail is left first */
  if (!footer->within || below || limit - column < WAY_BACK_ROOM)
    return column;
  return column + 2 + screen_put(screen, at, column, limit - column, STYLE_STATUS, "Esc family");
}

/* The view's own hints as far as the ones that always stand leave room. */
static void draw_hints(const struct footer *footer, struct screen *screen, int at, int column,
                       int limit) {
  static const enum action none = ACTION_NONE;
  int reserved = 0;
  for (size_t i = 0; i < sizeof always / sizeof *always; i++)
    reserved += (int)sizeof "Tab view"; /* about as wide as each */
  const enum action *hints = footer->view ? footer->view->ops->hints : &none;
  for (int i = 0, next; i < VIEW_HINTS && hints[i]; i++, column = next)
    if ((next = draw_hint(screen, at, column, limit - reserved, hints[i])) == column)
      break; /* a shorter one of less use does not jump the queue */
  for (size_t i = 0; i < sizeof always / sizeof *always; i++)
    column = draw_hint(screen, at, column, limit, always[i]);
}

static void draw_prompt(const struct footer *footer, struct screen *screen, int at) {
  int column = 1 + screen_put(screen, at, 1, screen->columns - 1, STYLE_STATUS, footer->prompt);
  int room = screen->columns - column - 2;
  /* The end of a long text is what is being typed. */
  const char *typed = footer->typed;
  while (screen_width(screen, typed) > room && *typed)
    do
      typed++;
    while ((*typed & 0xc0) == 0x80);
  column += screen_put(screen, at, column, room, STYLE_STATUS, typed);
  screen_put_glyph(screen, at, column, STYLE_STATUS, screen->unicode ? 0x2588 : '_');
  if (footer->message[0])
    screen_put(screen, at, column + 3, screen->columns - column - 4, STYLE_WARNING,
               footer->message);
}

void footer_draw(const struct footer *footer, struct screen *screen, int at) {
  screen_paint(screen, at, 0, screen->columns, STYLE_STATUS);
  if (footer->prompt) {
    draw_prompt(footer, screen, at);
    return;
  }
  int limit = screen->columns - draw_place(footer, screen, at) - 1;
  int column = 1;
  if (footer->filter[0]) {
    char text[TEXT_BYTES];
    snprintf(text, sizeof text, "filter %s", footer->filter);
    column += screen_put(screen, at, column, limit / 2, STYLE_MATCH, text) + 2;
  }
  if (footer->message[0])
    screen_put(screen, at, column, limit - column, STYLE_WARNING, footer->message);
  else
    draw_hints(footer, screen, at, draw_way_back(footer, screen, at, column, limit), limit);
}

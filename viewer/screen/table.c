/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/table.h"

void table_count(struct table *table, size_t count) {
  table->count = count;
  if (table->cursor >= count)
    table->cursor = count ? count - 1 : 0;
}

void table_move_to(struct table *table, size_t row) {
  size_t above = table->cursor - table->top;
  table->cursor = row;
  table->top = row > above ? row - above : 0;
}

/* Keeps the cursor on the screen and the screen full. */
static void table_scroll(struct table *table) {
  size_t height = table->height > 0 ? (size_t)table->height : 1;
  size_t last_top = table->count > height ? table->count - height : 0;
  if (table->top > last_top)
    table->top = last_top;
  if (table->cursor < table->top)
    table->top = table->cursor;
  if (table->cursor >= table->top + height)
    table->top = table->cursor - height + 1;
}

static void table_step(struct table *table, long long rows) {
  if (rows < 0)
    table->cursor -= (size_t)-rows < table->cursor ? (size_t)-rows : table->cursor;
  else if (table->count)
    table->cursor = (size_t)rows < table->count - 1 - table->cursor ? table->cursor + (size_t)rows
                                                                    : table->count - 1;
}

/* Selects the row under the pointer; true: it was selected before. */
static bool table_point(struct table *table, const struct key *key) {
  if (key->row < table->first || key->row >= table->first + table->height)
    return false;
  size_t row = table->top + (size_t)(key->row - table->first);
  if (row >= table->count)
    return false;
  bool again = row == table->cursor;
  table->cursor = row;
  return again;
}

bool table_act(struct table *table, enum action action, const struct key *key, bool *open) {
  int page = table->height > 1 ? table->height - 1 : 1;
  switch (action) {
  case ACTION_DOWN:
    table_step(table, key->code == KEY_CODE_WHEEL_DOWN ? 3 : 1);
    break;
  case ACTION_UP:
    table_step(table, key->code == KEY_CODE_WHEEL_UP ? -3 : -1);
    break;
  case ACTION_PAGE_DOWN:
    table_step(table, page);
    break;
  case ACTION_PAGE_UP:
    table_step(table, -page);
    break;
  case ACTION_FIRST:
    table->cursor = 0;
    break;
  case ACTION_LAST:
    table->cursor = table->count ? table->count - 1 : 0;
    break;
  case ACTION_POINT:
    if (table_point(table, key) && open)
      *open = true;
    break;
  default:
    return false;
  }
  table_scroll(table);
  return true;
}

void table_draw(struct table *table, struct screen *screen, int first, int height,
                const struct table_rows *rows, void *data) {
  table->first = first;
  table->height = height;
  table_scroll(table);
  for (int i = 0; i < height && table->top + (size_t)i < table->count; i++) {
    size_t row = table->top + (size_t)i;
    rows->draw(data, row, screen, first + i);
    if (row == table->cursor)
      screen_paint(screen, first + i, 0, screen->columns, STYLE_CURSOR);
  }
}

bool table_find(struct table *table, size_t start, int step, const char *needle,
                const struct table_rows *rows, void *data) {
  for (size_t tried = 0, row = start; tried < table->count; tried++) {
    if (rows->matches(data, row, needle)) {
      table->cursor = row;
      return true;
    }
    row = step > 0 ? (row + 1 < table->count ? row + 1 : 0) : (row ? row : table->count) - 1;
  }
  return false;
}

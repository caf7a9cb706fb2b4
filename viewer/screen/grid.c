/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/grid.h"

#define NAME_LEAST 18 /* columns that a name gets before a second figure does */

void grid_lay_out(struct grid *grid, const struct grid_column *columns, int count,
                  int screen_columns) {
  *grid = (struct grid){.columns = columns, .name_at = 1};
  for (int i = 0; i < count && i < GRID_COLUMNS; i++) {
    int next = grid->name_at + columns[i].width + 1;
    if (i && next + NAME_LEAST > screen_columns)
      break;
    grid->at[grid->shown++] = grid->name_at;
    grid->name_at = next;
  }
}

void grid_head(const struct grid *grid, struct screen *screen, int at, const char *name) {
  screen_paint(screen, at, 0, screen->columns, STYLE_HEADING);
  for (int i = 0; i < grid->shown; i++)
    grid_put(grid, screen, at, i, STYLE_HEADING, grid->columns[i].title);
  grid_name(grid, screen, at, 0, STYLE_HEADING, name);
}

void grid_mark(const struct grid *grid, struct screen *screen, int at, int column, bool reverse) {
  if (column >= grid->shown)
    return;
  const struct grid_column *sorted = &grid->columns[column];
  int width = screen_width(screen, sorted->title);
  int mark = sorted->left ? grid->at[column] - 1 : grid->at[column] + sorted->width - width - 1;
  uint32_t glyph = screen->unicode ? (reverse ? 0x25b4 : 0x25be) : (reverse ? '^' : 'v');
  screen_put_glyph(screen, at, mark, STYLE_HEADING, glyph);
}

int grid_column_at(const struct grid *grid, int screen_column) {
  for (int i = 0; i < grid->shown; i++)
    if (screen_column >= grid->at[i] && screen_column < grid->at[i] + grid->columns[i].width)
      return i;
  return -1;
}

void grid_put(const struct grid *grid, struct screen *screen, int at, int column,
              enum screen_style style, const char *text) {
  if (column >= grid->shown)
    return;
  int width = grid->columns[column].width;
  if (grid->columns[column].left)
    screen_put(screen, at, grid->at[column], width, style, text);
  else
    screen_put_right(screen, at, grid->at[column], width, style, text);
}

void grid_name(const struct grid *grid, struct screen *screen, int at, int indent,
               enum screen_style style, const char *name) {
  int column = grid->name_at + indent;
  screen_put(screen, at, column, screen->columns - column, style, name);
}

void grid_fold(const struct grid *grid, struct screen *screen, int at, bool open) {
  uint32_t glyph = screen->unicode ? (open ? 0x25be : 0x25b8) : (open ? '-' : '+');
  screen_put_glyph(screen, at, grid->name_at, STYLE_QUIET, glyph);
}

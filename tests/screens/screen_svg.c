/* SPDX-License-Identifier: Apache-2.0 */
#include "screen_svg.h"

#include "report/escape.h"

#include <stdio.h>
#include <string.h>

#define CELL_WIDTH 8
#define CELL_HEIGHT 17
#define BASELINE 13
#define MARGIN 8

/* Red, green, blue of one of the 256 usual colours. */
static unsigned rgb_of(int color) {
  static const unsigned basic[16] = {0x000000, 0xcd3131, 0x2f9e44, 0xb58900, 0x2472c8, 0xbc3fbc,
                                     0x11a8cd, 0xcccccc, 0x666666, 0xf14c4c, 0x23d18b, 0xf5d547,
                                     0x3b8eea, 0xd670d6, 0x29b8db, 0xffffff};
  static const unsigned steps[6] = {0, 95, 135, 175, 215, 255};
  if (color < 16)
    return basic[color];
  if (color >= 232) {
    unsigned grey = 8 + 10 * (unsigned)(color - 232);
    return grey << 16 | grey << 8 | grey;
  }
  unsigned cube = (unsigned)color - 16;
  return steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6];
}

struct paint {
  unsigned front, back;
  bool bold;
};

static struct paint paint_of(const struct screen_cell *cell, enum theme theme) {
  const struct theme_look *look = &theme_looks(theme, 256)[cell->style];
  bool light = theme == THEME_LIGHT;
  return (struct paint){look->front < 0 ? (light ? 0x24292f : 0xd4d4d4) : rgb_of(look->front),
                        look->back < 0 ? (light ? 0xffffff : 0x1c1c1c) : rgb_of(look->back),
                        look->attributes & THEME_BOLD};
}

static void put_rectangle(double x, double y, double width, double height, unsigned color) {
  printf("<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"#%06x\"/>\n", x, y, width,
         height, color);
}

/* Blocks and lines are drawn: fonts do not agree on where a cell ends. false: it is none. */
static bool put_block(uint32_t glyph, double x, double y, unsigned color) {
  if (glyph >= 0x2581 && glyph <= 0x2588) {
    double height = CELL_HEIGHT * (double)(glyph - 0x2580) / 8;
    put_rectangle(x, y + CELL_HEIGHT - height, CELL_WIDTH, height, color);
  } else if (glyph >= 0x2589 && glyph <= 0x258f) {
    put_rectangle(x, y, CELL_WIDTH * (double)(0x2590 - glyph) / 8, CELL_HEIGHT, color);
  } else if (glyph == 0x2595) {
    put_rectangle(x + CELL_WIDTH * 7.0 / 8, y, CELL_WIDTH / 8.0, CELL_HEIGHT, color);
  } else if (glyph == 0x2502) {
    put_rectangle(x + CELL_WIDTH / 2.0 - 0.5, y, 1, CELL_HEIGHT, color);
  } else {
    return false;
  }
  return true;
}

static void put_character(uint32_t character) {
  char bytes[4];
  if (character == '<' || character == '&')
    fputs(character == '<' ? "&lt;" : "&amp;", stdout);
  else
    fwrite(bytes, 1, escape_encode(bytes, character), stdout);
}

static bool is_text(const struct screen_cell *cell) {
  uint32_t glyph = cell->text[0];
  return cell->width && glyph && glyph != ' ' && !(glyph >= 0x2581 && glyph <= 0x2595) &&
         glyph != 0x2502;
}

/* The cells from first on that one text element can have. */
static int run_end(const struct screen_cell *cells, int first, int columns) {
  int end = first + 1;
  while (end < columns && is_text(&cells[end]) && cells[end].style == cells[first].style &&
         cells[end].width == 1 && cells[first].width == 1)
    end++;
  return end;
}

static int put_run(const struct screen_cell *cells, int first, int columns, double y,
                   struct paint paint) {
  int end = run_end(cells, first, columns);
  int wide = cells[first].width == 2 ? 2 : end - first;
  printf("<text x=\"%d\" y=\"%g\" textLength=\"%d\" fill=\"#%06x\"%s>", MARGIN + first * CELL_WIDTH,
         y + BASELINE, wide * CELL_WIDTH, paint.front, paint.bold ? " font-weight=\"bold\"" : "");
  for (int i = first; i < end; i++)
    for (int j = 0; j < 3 && cells[i].text[j]; j++)
      put_character(cells[i].text[j]);
  puts("</text>");
  return end;
}

static void put_row(const struct screen *screen, int row, enum theme theme, unsigned ground) {
  const struct screen_cell *cells = screen->cells + (size_t)row * (size_t)screen->columns;
  double y = MARGIN + row * CELL_HEIGHT;
  for (int first = 0, end; first < screen->columns; first = end) {
    struct paint paint = paint_of(&cells[first], theme);
    for (end = first + 1; end < screen->columns && cells[end].style == cells[first].style;)
      end++;
    if (paint.back != ground)
      put_rectangle(MARGIN + first * CELL_WIDTH, y, (end - first) * CELL_WIDTH, CELL_HEIGHT,
                    paint.back);
  }
  for (int column = 0; column < screen->columns;) {
    struct paint paint = paint_of(&cells[column], theme);
    if (is_text(&cells[column])) {
      column = put_run(cells, column, screen->columns, y, paint);
    } else {
      put_block(cells[column].text[0], MARGIN + column * CELL_WIDTH, y, paint.front);
      column++;
    }
  }
}

void screen_svg(const struct screen *screen, enum theme theme) {
  int width = 2 * MARGIN + screen->columns * CELL_WIDTH;
  int height = 2 * MARGIN + screen->rows * CELL_HEIGHT;
  struct screen_cell blank = {.width = 1, .style = STYLE_TEXT};
  unsigned ground = paint_of(&blank, theme).back;
  printf(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
      "viewBox=\"0 0 %d %d\" font-family=\"monospace\" font-size=\"13\" xml:space=\"preserve\">\n",
      width, height, width, height);
  put_rectangle(0, 0, width, height, ground);
  for (int row = 0; row < screen->rows; row++)
    put_row(screen, row, theme, ground);
  puts("</svg>");
}

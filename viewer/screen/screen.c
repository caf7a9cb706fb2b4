/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/screen.h"

#include "report/escape.h"
#include "screen/utf8.h"

#include <stdlib.h>
#include <string.h>

bool screen_resize(struct screen *screen, int rows, int columns) {
  rows = rows < 1 ? 1 : rows;
  columns = columns < 1 ? 1 : columns;
  struct screen_cell *cells =
      reallocarray(screen->cells, (size_t)rows * (size_t)columns, sizeof *cells);
  if (!cells)
    return false;
  screen->cells = cells;
  screen->rows = rows;
  screen->columns = columns;
  screen_clear(screen);
  return true;
}

void screen_release(struct screen *screen) {
  free(screen->cells);
  screen->cells = NULL;
  screen->rows = screen->columns = 0;
}

void screen_clear(struct screen *screen) {
  size_t count = (size_t)screen->rows * (size_t)screen->columns;
  for (size_t i = 0; i < count; i++)
    screen->cells[i] = (struct screen_cell){.width = 1, .style = STYLE_TEXT};
}

/* A row's part that may be written to. */
struct span {
  struct screen_cell *cells; /* of the whole row */
  int start, stop, limit;    /* limit: columns of the row */
};

static bool span_clip(struct span *span, struct screen *screen, int row, int column, int width) {
  if (row < 0 || row >= screen->rows || column >= screen->columns || width <= 0)
    return false;
  int stop = width > screen->columns - column ? screen->columns : column + width;
  span->cells = screen->cells + (size_t)row * (size_t)screen->columns;
  span->start = column < 0 ? 0 : column;
  span->stop = stop;
  span->limit = screen->columns;
  return span->start < stop;
}

/* Before a cell is written: if it is half of a wide character, the other half becomes a blank. */
static void span_split_wide(struct span *span, int column) {
  struct screen_cell *cells = span->cells;
  if (cells[column].width == 0 && column > 0) {
    memset(cells[column - 1].text, 0, sizeof cells->text);
    cells[column - 1].width = 1;
  } else if (cells[column].width == 2 && column + 1 < span->limit) {
    memset(cells[column + 1].text, 0, sizeof cells->text);
    cells[column + 1].width = 1;
  }
}

static void span_set(struct span *span, int column, uint32_t character, int width, int style) {
  span_split_wide(span, column);
  if (width == 2)
    span_split_wide(span, column + 1);
  span->cells[column] = (struct screen_cell){
      .text = {character == ' ' ? 0 : character}, .width = (uint8_t)width, .style = (uint8_t)style};
  if (width == 2)
    span->cells[column + 1] = (struct screen_cell){.width = 0, .style = (uint8_t)style};
}

/* Hangs a combining character on the cell before column; a third is not shown. */
static void span_combine(struct span *span, int column, uint32_t character) {
  if (column <= span->start)
    return;
  struct screen_cell *cell = &span->cells[column - 1];
  if (cell->width == 0 && column - 2 >= span->start)
    cell--;
  for (int i = 1; i < 3; i++)
    if (!cell->text[i]) {
      cell->text[0] = cell->text[0] ? cell->text[0] : ' ';
      cell->text[i] = character;
      return;
    }
}

/* The text was longer than the span: its last column says so. */
static void span_cut(struct span *span, bool unicode, int style) {
  span_set(span, span->stop - 1, unicode ? 0x2026 : '~', 1, style);
}

int screen_put(struct screen *screen, int row, int column, int width, enum screen_style style,
               const char *text) {
  struct span span;
  if (!span_clip(&span, screen, row, column, width))
    return 0;
  int at = span.start;
  while (*text) {
    uint32_t character = utf8_harmless(escape_next(&text), screen->unicode);
    int wide = screen->unicode ? utf8_width(character) : 1;
    if (wide == 0) {
      span_combine(&span, at, character);
      continue;
    }
    if (at + wide > span.stop) {
      if (at < span.stop)
        span_set(&span, at, ' ', 1, style);
      span_cut(&span, screen->unicode, style);
      return span.stop - column;
    }
    span_set(&span, at, character, wide, style);
    at += wide;
  }
  return at - column;
}

int screen_width(const struct screen *screen, const char *text) {
  int width = 0;
  while (*text) {
    uint32_t character = utf8_harmless(escape_next(&text), screen->unicode);
    width += screen->unicode ? utf8_width(character) : 1;
  }
  return width;
}

int screen_put_right(struct screen *screen, int row, int column, int width, enum screen_style style,
                     const char *text) {
  int used = screen_width(screen, text);
  if (used >= width)
    return screen_put(screen, row, column, width, style, text);
  screen_put(screen, row, column + width - used, used, style, text);
  return width;
}

void screen_paint(struct screen *screen, int row, int column, int width, enum screen_style style) {
  struct span span;
  if (!span_clip(&span, screen, row, column, width))
    return;
  for (int i = span.start; i < span.stop; i++)
    span.cells[i].style = (uint8_t)style;
}

static uint32_t fold_case(uint32_t character) {
  return character >= 'A' && character <= 'Z' ? character + 32 : character;
}

/* The column behind needle when the cells from column on show it; else column. */
static int match_end(const struct span *span, int column, const char *needle, bool unicode) {
  int at = column;
  while (*needle) {
    uint32_t character = utf8_harmless(escape_next(&needle), unicode);
    if (unicode && utf8_width(character) == 0)
      continue; /* base characters decide */
    if (at >= span->stop)
      return column;
    const struct screen_cell *cell = &span->cells[at];
    if (fold_case(cell->text[0] ? cell->text[0] : ' ') != fold_case(character))
      return column;
    at += cell->width ? cell->width : 1;
  }
  return at;
}

void screen_highlight(struct screen *screen, int row, const char *needle, enum screen_style style) {
  struct span span;
  if (!span_clip(&span, screen, row, 0, screen->columns))
    return;
  for (int at = 0; at < span.stop; at++) {
    int end = span.cells[at].width ? match_end(&span, at, needle, screen->unicode) : at;
    if (end > at) {
      screen_paint(screen, row, at, end - at, style);
      at = end - 1;
    }
  }
}

void screen_put_glyph(struct screen *screen, int row, int column, enum screen_style style,
                      uint32_t glyph) {
  struct span span;
  if (span_clip(&span, screen, row, column, 1) && column >= 0)
    span_set(&span, column, utf8_harmless(glyph, screen->unicode), 1, style);
}

bool screen_is_blank(const struct screen *screen, int row, int column) {
  if (row < 0 || row >= screen->rows || column < 0 || column >= screen->columns)
    return false;
  const struct screen_cell *cell =
      &screen->cells[(size_t)row * (size_t)screen->columns + (size_t)column];
  return cell->width == 1 && !cell->text[0];
}

void screen_bar(struct screen *screen, int row, int column, int width, enum screen_style style,
                double share) {
  share = share >= 1 ? 1 : share > 0 ? share : 0; /* NaN is 0 */
  int eighths = (int)(share * width * 8 + 0.5);
  if (eighths == 0 && share > 0)
    eighths = 1;
  for (int i = 0; i < width; i++, eighths -= 8) {
    int part = eighths >= 8 ? 8 : eighths > 0 ? eighths : 0;
    uint32_t glyph = screen->unicode ? 0x2590 - (uint32_t)part : part >= 4 ? '#' : '-';
    screen_put_glyph(screen, row, column + i, style, part ? glyph : ' ');
  }
}

void screen_write_row(FILE *out, const struct screen *screen, int row) {
  const struct screen_cell *cells = screen->cells + (size_t)row * (size_t)screen->columns;
  int last = screen->columns;
  while (last > 0 && !cells[last - 1].text[0] && cells[last - 1].width)
    last--;
  for (int column = 0; column < last; column++)
    for (int i = 0; i < 3 && cells[column].width; i++) {
      char bytes[4];
      uint32_t character = cells[column].text[i];
      if (character || i == 0)
        fwrite(bytes, 1, escape_encode(bytes, character ? character : ' '), out);
    }
  fputc('\n', out);
}

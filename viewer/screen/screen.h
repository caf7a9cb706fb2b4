/* SPDX-License-Identifier: Apache-2.0
 *
 * The narrow interface between what is shown and what it is drawn on. Views write cells into a
 * struct screen; curses.c (the only file that knows ncurses) carries it to a terminal, the tests
 * read it as text. Nothing here waits or prints.
 */
#ifndef SEEP_SCREEN_H
#define SEEP_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum screen_style { /* what a cell means, not its colour: the theme decides that */
                    STYLE_TEXT,
                    STYLE_QUIET, /* secondary */
                    STYLE_HEADING,
                    STYLE_CURSOR, /* the selected row */
                    STYLE_LEAK,   /* the accent: what leaks */
                    STYLE_GROWTH,
                    STYLE_BAR,
                    STYLE_STATUS,      /* status and key line */
                    STYLE_MATCH,       /* found by search */
                    STYLE_WARNING,     /* losses, damage */
                    STYLE_SHADE_FIRST, /* areas that are to be told apart, no more */
                    STYLE_SHADE_LAST = STYLE_SHADE_FIRST + 5,
                    STYLE_SHADE_LEAK, /* an area that a leak is in */
                    STYLE_COUNT
};

struct screen_cell {
  uint32_t text[3]; /* a base character and up to two combining ones, 0-filled; 0: blank */
  uint8_t width;    /* columns: 1, 2; 0 for the right half of a wide character */
  uint8_t style;    /* enum screen_style */
};

struct screen {
  int rows, columns;
  bool unicode;              /* whether anything but ASCII may be drawn */
  struct screen_cell *cells; /* rows × columns */
};

/* Makes or resizes; contents are blanked. false: no memory, the screen is as before. */
bool screen_resize(struct screen *screen, int rows, int columns);
void screen_release(struct screen *screen);
void screen_clear(struct screen *screen);

/* Puts UTF-8 text at row, column, at most width columns; cut text ends in an ellipsis, control
 * characters and broken UTF-8 are shown harmless. Returns the columns used. Outside is clipped. */
int screen_put(struct screen *screen, int row, int column, int width, enum screen_style style,
               const char *text);

/* The same, right-aligned in width. */
int screen_put_right(struct screen *screen, int row, int column, int width, enum screen_style style,
                     const char *text);

/* One character of one column, for lines and graphs. */
void screen_put_glyph(struct screen *screen, int row, int column, enum screen_style style,
                      uint32_t glyph);

/* Whether nothing has been drawn there; outside: no. */
bool screen_is_blank(const struct screen *screen, int row, int column);

/* A bar from the left that fills share (0 to 1) of width columns, in eighths of a cell; anything
 * above 0 is seen. */
void screen_bar(struct screen *screen, int row, int column, int width, enum screen_style style,
                double share);

/* Columns that text takes. */
int screen_width(const struct screen *screen, const char *text);

/* Gives the cells of a row that show needle (ASCII's upper and lower case alike) a style. */
void screen_highlight(struct screen *screen, int row, const char *needle, enum screen_style style);

/* Gives all cells of a row's part a style. */
void screen_paint(struct screen *screen, int row, int column, int width, enum screen_style style);

/* Writes a row as text and a newline, without the blanks behind its last character. Errors stay in
 * the stream. */
void screen_write_row(FILE *out, const struct screen *screen, int row);

#endif

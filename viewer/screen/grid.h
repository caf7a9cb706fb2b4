/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of figures with a name behind them, for views whose rows are no sites: which columns fit,
 * their headings, their cells. A narrow screen shows the first columns; the name has the rest.
 */
#ifndef SEEP_GRID_H
#define SEEP_GRID_H

#include "screen/screen.h"

#define GRID_COLUMNS 10

struct grid_column {
  const char *title;
  int width;
  bool left; /* texts; figures stand right */
};

struct grid {
  const struct grid_column *columns;
  int at[GRID_COLUMNS];
  int shown; /* of the columns */
  int name_at;
};

/* Lays out count columns (at most GRID_COLUMNS, kept by the caller) on a screen of so many
 * columns. */
void grid_lay_out(struct grid *grid, const struct grid_column *columns, int count,
                  int screen_columns);

/* Draws the headings: one row. */
void grid_head(const struct grid *grid, struct screen *screen, int at, const char *name);

/* Draws the sign of the order on the heading of the column that rows are sorted by. */
void grid_mark(const struct grid *grid, struct screen *screen, int at, int column, bool reverse);

/* The column of figures at a column of the screen; -1: none. */
int grid_column_at(const struct grid *grid, int screen_column);

/* Draws a cell; nothing where its column does not fit. */
void grid_put(const struct grid *grid, struct screen *screen, int at, int column,
              enum screen_style style, const char *text);

/* Draws the name, indent columns into its place. */
void grid_name(const struct grid *grid, struct screen *screen, int at, int indent,
               enum screen_style style, const char *name);

/* Draws the sign of a row that opens, before what is indented by two. */
void grid_fold(const struct grid *grid, struct screen *screen, int at, bool open);

#endif

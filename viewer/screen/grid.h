/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables as data. A table has figures (the columns of report/columns.h, by sets of figure_set.h),
 * columns of its own, and a name that takes the rest of the line. From that all tables have the
 * same: which columns fit a screen, headings, cells, a bar, the order by any column, its reversal,
 * the choice of columns. A view says what its rows are.
 *
 * A column has a number: enum column_id, then the table's own, then the name.
 */
#ifndef SEEP_GRID_H
#define SEEP_GRID_H

#include "report/columns.h"
#include "screen/actions.h"
#include "screen/figure_set.h"
#include "screen/screen.h"

#include <stddef.h>

struct view;

#define GRID_CELL 72   /* bytes of a cell's text */
#define GRID_NAME 2048 /* of a name */
#define GRID_MOST 32   /* columns of a table, at most: choices are bits of 32 */

struct grid_row { /* what columns are asked about */
  const struct view *view;
  const void *own;                        /* the view's row */
  const struct analysis_figures *figures; /* NULL: it has none */
};

struct grid_column {
  const char *title, *help;
  int width;
  bool left;  /* texts; figures stand right */
  bool early; /* has its place before a second figure has */
  /* Writes into out[GRID_CELL]; false: there is nothing to show. */
  bool (*text)(char *out, const struct grid_row *row);
  /* Rows are sorted by it, largest first; NAN: it has none. NULL: by the texts. */
  double (*value)(const struct grid_row *row);
  enum screen_style (*style)(const struct grid_row *row); /* NULL: quiet */
  bool (*known)(const struct view *view); /* false: no row has it now. NULL: always */
};

struct grid_table {
  const char *name; /* its settings are kept by it; "" is none */
  int figures;      /* of a set, that are shown at most; 0: its rows have none */
  const struct grid_column *own;
  int own_count;
  int usual; /* the own column that rows are sorted by at first; -1: as the question is */
  bool bars; /* on a narrow screen, too */
  int names; /* columns that names want on a narrow screen; 0: what words take */
  int room;  /* columns of the screen that names want; 0: about half of it */
  const char *(*heading)(const struct view *view); /* of the names */
  /* An element is what the view keeps of a row, as it gives it to grid_arrange and grid_cells. */
  struct grid_row (*row)(const struct view *view, const void *element);
  /* Writes into out[GRID_NAME], to sort by; NULL: the question's rows are sorted by name. */
  const char *(*text)(char *out, const struct grid_row *row);
};

struct grid {                          /* what fits, worked out for a screen */
  int shown[GRID_MOST], at[GRID_MOST]; /* columns, and where each begins */
  int count;
  int bar_at, bar_width; /* of a bar that shows the first column; width 0: none */
  int name_at;
};

/* ---- Drawing --------------------------------------------------------------------------------- */

/* For the view's table on a screen of so many columns; into view->grid. */
void grid_lay_out(struct view *view, int screen_columns);

/* Draws the headings: one row. */
void grid_head(const struct view *view, struct screen *screen, int at);

/* Draws an element's cells, all but the name. */
void grid_cells(const struct view *view, const void *element, struct screen *screen, int at);

/* Draws the name (UTF-8, anything), indent columns into its place. */
void grid_name(const struct view *view, struct screen *screen, int at, int indent,
               enum screen_style style, const char *name);

/* Draws the sign of a row that opens, before a name that is indented by two more. */
void grid_fold(const struct view *view, struct screen *screen, int at, int indent, bool open);

/* ---- Columns --------------------------------------------------------------------------------- */

int grid_columns(const struct grid_table *table); /* without the name, which is the next */
const char *grid_title(const struct grid_table *table, int column);
const char *grid_help(const struct grid_table *table, int column); /* not the name's */
int grid_width(const struct grid_table *table, int column);        /* likewise */

/* The table's own column of that number; NULL: it is another. */
const struct grid_column *grid_own(const struct grid_table *table, int column);

/* Columns as a person chooses them: the first choice begins with those that are shown. */
struct settings;
bool grid_has_choice(const struct settings *settings, const struct grid_table *table);
bool grid_has_column(const struct settings *settings, const struct grid_table *table, int column);
void grid_toggle_column(struct settings *settings, const struct grid_table *table, int column);

/* Which sets of figures say something in the interval that is shown; in one that has everything. */
struct figure_set_basis grid_basis(const struct view *view);
struct figure_set_basis grid_any_basis(const struct settings *settings,
                                       const struct grid_table *table);

/* The columns that the view wants to show, most telling first, into wanted[GRID_MOST]; how many. */
int grid_wanted(const struct view *view, int *wanted);

/* The column at a column of the screen, as drawn last; -1: none. */
int grid_column_at(const struct view *view, int screen_column);

/* ---- Order ----------------------------------------------------------------------------------- */

/* The first of the columns that rows are sorted by. */
int grid_sorted(const struct view *view);

/* Whether two columns are one order: bytes, and bytes per unit. */
bool grid_same_order(int a, int b);

/* Puts count elements of bytes each in order; what has nothing to sort by comes last. Without
 * memory they stay as they are. */
void grid_arrange(struct view *view, void *elements, size_t count, size_t bytes);

/* A bar of full length is one of view->most, which grid_arrange finds out. grid_gauge raises them
 * by one row's figures: for views that arrange by themselves. */
void grid_gauge(struct view *view, const struct analysis_figures *figures);

/* Keys and clicks that all tables have; false: it is none. */
bool grid_act(struct view *view, enum action action, const struct key *key);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A view: one way to look at the picture. Each is a file with one struct view_ops; scrolling,
 * searching and the frame around it are the same for all (view.c, desk.c). Views draw into a
 * struct screen and never see a terminal; they run on the screen's thread and do nothing slow.
 */
#ifndef SEEP_VIEW_H
#define SEEP_VIEW_H

#include "screen/actions.h"
#include "screen/figure_set.h"
#include "screen/grid.h"
#include "screen/model.h"
#include "screen/screen.h"
#include "screen/table.h"
#include "screen/theme.h"

/* What rows are sorted by, besides the question's order. */
struct order {
  bool reverse; /* the smallest first */
  /* Of each table (by its first view): 0: as the question is, or as usual; else the column's number
   * among the table's own, the name behind them, plus 1. */
  uint8_t own[TABLES_COUNT];
};

bool order_same(const struct order *a, const struct order *b);

/* What all views share and a person has set. */
struct settings {
  enum figure_set figures;
  uint32_t columns[TABLES_COUNT]; /* chosen, of each table by its first view; 0: none */
  struct order order;
  enum theme theme;
  char needle[256];                /* searched for last */
  const struct grid_table *choose; /* the table whose columns are to be chosen */
};

enum view_result {
  VIEW_IGNORED, /* the action is not the view's: the desk's, or nobody's */
  VIEW_DONE,
  VIEW_DETAIL, /* open the detail of the selected row */
  VIEW_VISIT,  /* open the process that the selected row is about */
};

/* Where in a view one is, besides the cursor: what has been zoomed into. 0, 0: nowhere yet. */
struct view_spot {
  uint64_t first, second;
};

struct view {
  const struct view_ops *ops;
  unsigned users;
  struct model *model;
  struct settings *settings;
  const struct picture *picture; /* NULL: the one that this view shows is not there yet */
  struct table table;
  struct grid grid;               /* of views that show a table: as drawn last */
  int64_t most[ANALYSIS_AMOUNTS]; /* of its rows, by enum analysis_sort; see grid_gauge */
  int head;                       /* row of the screen with the headings, as drawn last; 0: none */
};

#define VIEW_HINTS 8

struct view_ops {
  const char *name;
  size_t bytes;                  /* of the view's own struct, which begins with struct view */
  int by;                        /* enum analysis_by of the question that it shows; -1: any */
  bool fixed;                    /* shows no picture: it is drawn before there is one */
  bool compares;                 /* shows the picture's difference */
  bool strip;                    /* has a time line of its own: the strip above gives way */
  enum action hints[VIEW_HINTS]; /* for the bottom line, most wanted first; then NONE */
  struct table_rows rows;        /* their data is the view */
  const char *empty;             /* said where there are no rows */
  const char *bare;              /* said of a row that has no detail; NULL: all have one */

  /* All that follow may be NULL. */
  bool (*open)(struct view *view, const struct analysis_site *site); /* false: no memory */
  void (*close)(struct view *view);
  void (*remember)(struct view *view); /* the picture is about to go: keep what finds the rows */
  void (*refresh)(struct view *view);  /* there is another picture, or other settings */
  void (*symbols)(struct view *view);  /* more symbols can be peeked at */
  const struct grid_table *grid;       /* its headings stand above the rows */
  int (*head)(struct view *view, struct screen *screen,
              int first); /* draws what is above that; returns its rows */
  /* Instead of head and rows, for what is no list: then moving is act's, too, and the table only
   * keeps which of the things is selected. */
  void (*draw)(struct view *view, struct screen *screen, int first, int height);
  enum view_result (*act)(struct view *view, enum action action, const struct key *key);
  const struct analysis_site *(*selected)(struct view *view); /* NULL: none */
  const char *(*source)(struct view *view, uint32_t *line);   /* of the row selected; NULL: none */
  struct view_spot (*spot)(const struct view *view);
  void (*go)(struct view *view, struct view_spot spot); /* to what spot gave, some time before */
  void (*reveal)(struct view *view, const struct analysis_site *site); /* selects the picture's */

  /* Views of a family. */
  const struct view_ops *detail; /* what VIEW_DETAIL lays over; NULL: view_detail */
  void (*about)(struct view *view, struct view *below); /* laid over below: about its row */
  size_t (*process)(struct view *view, const struct identity **site); /* the member that the row is
                                     about, and at which site (NULL: at none); FAMILY_NONE: none */
};

/* A new view on picture (NULL: none yet) with one user; site is what a detail is about, else NULL.
 * NULL: no memory. */
struct view *view_new(const struct view_ops *ops, struct model *model, struct settings *settings,
                      const struct picture *picture, const struct analysis_site *site);
void view_keep(struct view *view);
void view_drop(struct view *view); /* the last user's frees it; NULL: nothing */

/* picture NULL: what the view shows is being worked out. */
void view_set_picture(struct view *view, const struct picture *picture);

/* Draws into rows first to first + height - 1. */
void view_draw(struct view *view, struct screen *screen, int first, int height);

enum view_result view_act(struct view *view, enum action action, const struct key *key);

/* The settings have changed: the rows are put in order anew, the cursor stays on its row. */
void view_rearrange(struct view *view);

/* Selects the next row that has settings->needle, from start on in the direction of step. */
bool view_search(struct view *view, size_t start, int step);

/* Whether text has needle in it, upper and lower case alike (of ASCII). */
bool view_text_has(const char *text, const char *needle);

#define VIEW_AS_OPS(X, name, ops, key, text) extern const struct view_ops ops;
VIEWS(VIEW_AS_OPS, )
FAMILY_VIEWS(VIEW_AS_OPS, )
extern const struct view_ops view_columns, view_detail, view_help,
    view_holders; /* are laid over one of the others */

#endif

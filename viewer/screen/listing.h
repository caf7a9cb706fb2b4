/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a report as rows of a table: the columns of report/columns.h that fit, a bar, the
 * verdict, the name. What the views of sites, functions, modules, threads and of the tree have in
 * common.
 */
#ifndef SEEP_LISTING_H
#define SEEP_LISTING_H

#include "report/columns.h"
#include "screen/view.h"

#define LISTING_COLUMNS 7

struct listing { /* what fits, worked out for a screen */
  const struct column *columns[LISTING_COLUMNS];
  int column_count;
  int bar_at, bar_width; /* width 0: none */
  bool has_verdict;
  int verdict_at;
  int name_at;
};

/* The next set of figures that says something about the picture. */
int listing_next_figures(const struct settings *settings, const struct picture *picture);
const char *listing_figures_name(int figures);
int listing_figures_of(const char *name); /* -1: none is called so */

/* Columns as a person chooses them: the first choice begins with those that are shown. */
void listing_toggle_column(struct settings *settings, int id);
bool listing_has_column(const struct settings *settings, int id);

/* Sorts by the column whose heading is at a column of the screen, if rows can be; true: they are
 * already. */
bool listing_sort_at(struct view *view, int screen_column);

void listing_lay_out(struct listing *listing, const struct view *view, int columns);

/* What the picture's columns depend on. */
struct column_context listing_context(const struct picture *picture);

/* Draws the headings: one row. */
void listing_head(const struct listing *listing, const struct view *view, struct screen *screen,
                  int at, const char *name);

/* Draws a row; name (UTF-8, anything) begins indent columns into its place. */
void listing_row(const struct listing *listing, const struct view *view,
                 const struct analysis_site *site, struct screen *screen, int at, int indent,
                 const char *name);

/* What tells a row apart from others, also in another reading of the same trace. */
uint64_t listing_key(const struct picture *picture, const struct analysis_site *site);

/* The site's name as the rows show it. */
#define LISTING_NAME 1024
const char *listing_name(char out[LISTING_NAME], const struct picture *picture,
                         const struct analysis_site *site);

/* Whether the site has needle in its function, file, module or name. */
bool listing_matches(const struct picture *picture, const struct analysis_site *site,
                     const char *needle);

#endif

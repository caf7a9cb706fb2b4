/* SPDX-License-Identifier: Apache-2.0
 *
 * How tables are laid out and drawn; grid_order.c sorts them.
 */
#include "screen/grid.h"

#include "analysis/rate.h"
#include "report/format.h"
#include "screen/label.h"
#include "screen/listing.h"
#include "screen/views.h"

#include <string.h>

#define NAME_LEAST 16  /* columns that a name gets before any figure does */
#define NAME_WANTED 24 /* before all but the first does */
#define NAME_HALF 16   /* columns less than half a wide screen that long names want */
#define BAR_WIDTH 8
#define BAR_ROOM 100 /* columns of a screen that has a bar in any case */

/* ---- Columns --------------------------------------------------------------------------------- */

int grid_columns(const struct grid_table *table) {
  return COLUMN_COUNT + table->own_count;
}

const struct grid_column *grid_own(const struct grid_table *table, int column) {
  return column < COLUMN_COUNT || column >= grid_columns(table)
             ? NULL
             : &table->own[column - COLUMN_COUNT];
}

const char *grid_title(const struct grid_table *table, int column) {
  if (column >= grid_columns(table))
    return "name";
  return column < COLUMN_COUNT ? columns()[column].title : grid_own(table, column)->title;
}

const char *grid_help(const struct grid_table *table, int column) {
  return column < COLUMN_COUNT ? columns()[column].help : grid_own(table, column)->help;
}

int grid_width(const struct grid_table *table, int column) {
  return column < COLUMN_COUNT ? columns()[column].width : grid_own(table, column)->width;
}

static bool grid_is_known(const struct view *view, int column) {
  const struct grid_column *own = grid_own(view->ops->grid, column);
  return !own || !own->known || own->known(view);
}

/* The figures of the set that is shown, at most as many as the table has room for, and all its own;
 * or those that were chosen. */
static int grid_add_wanted(const struct settings *settings, const struct grid_table *table,
                           const struct figure_set_basis *basis, int *wanted) {
  uint32_t chosen = settings->columns[views_of_table(table)];
  enum figure_set set = figure_set_usable(settings->figures, basis);
  const int *figures = figure_set_columns(set);
  int count = 0;
  if (set != FIGURE_SET_CHOSEN)
    for (int i = 0; i < table->figures && figures[i] >= 0; i++)
      wanted[count++] = figures[i];
  for (int id = set == FIGURE_SET_CHOSEN ? 0 : COLUMN_COUNT; id < grid_columns(table); id++)
    if (set != FIGURE_SET_CHOSEN || chosen & 1u << id)
      wanted[count++] = id;
  return count;
}

bool grid_has_choice(const struct settings *settings, const struct grid_table *table) {
  return settings->columns[views_of_table(table)];
}

struct figure_set_basis grid_basis(const struct view *view) {
  const struct analysis_report *report = view->picture->report; /* a family has none */
  return (struct figure_set_basis){
      .units = report && report->units,
      .hours = report && listing_context(view->picture).seconds >= RATE_SPAN_SECONDS,
      .choice = grid_has_choice(view->settings, view->ops->grid),
  };
}

struct figure_set_basis grid_any_basis(const struct settings *settings,
                                       const struct grid_table *table) {
  return (struct figure_set_basis){true, true, grid_has_choice(settings, table)};
}

bool grid_has_column(const struct settings *settings, const struct grid_table *table, int column) {
  int wanted[GRID_MOST];
  const struct figure_set_basis basis = grid_any_basis(settings, table);
  for (int i = grid_add_wanted(settings, table, &basis, wanted); i-- > 0;)
    if (wanted[i] == column)
      return true;
  return false;
}

void grid_toggle_column(struct settings *settings, const struct grid_table *table, int column) {
  uint32_t *chosen = &settings->columns[views_of_table(table)];
  const struct figure_set_basis basis = grid_any_basis(settings, table);
  int wanted[GRID_MOST];
  if (settings->figures != FIGURE_SET_CHOSEN || !*chosen) {
    int count = grid_add_wanted(settings, table, &basis, wanted);
    for (*chosen = 0; count > 0; count--)
      *chosen |= 1u << wanted[count - 1];
    settings->figures = FIGURE_SET_CHOSEN;
  }
  *chosen ^= 1u << column;
  if (!*chosen)
    settings->figures = FIGURE_SET_BYTES;
}

int grid_wanted(const struct view *view, int *wanted) {
  int all[GRID_MOST], count = 0;
  const struct figure_set_basis basis = grid_basis(view);
  int found = grid_add_wanted(view->settings, view->ops->grid, &basis, all);
  for (int i = 0; i < found; i++)
    if (grid_is_known(view, all[i]))
      wanted[count++] = all[i];
  return count;
}

/* ---- Laying out ------------------------------------------------------------------------------ */

/* Columns that may be shown, in the order in which they would stand. */
struct laying {
  const struct grid_table *table;
  int columns; /* of the screen */
  int name;    /* of them that names want */
  int at;      /* where the next one would begin */
  int count;
  int candidates[GRID_MOST];
  bool taken[GRID_MOST];
};

static int laying_name(const struct grid_table *table, int columns) {
  int half = columns / 2 - NAME_HALF;
  int least = table->names ? table->names : NAME_WANTED;
  return table->room ? table->room : half > least ? half : least;
}

/* Makes room for a candidate; false: it would leave less than that to the name. */
static bool laying_take(struct laying *laying, int candidate, int name) {
  int next = laying->at + grid_width(laying->table, laying->candidates[candidate]) + 1;
  if (laying->taken[candidate])
    return true;
  if (next + name > laying->columns)
    return false;
  laying->at = next;
  return laying->taken[candidate] = true;
}

static int laying_find(const struct laying *laying, int column) {
  int i = 0;
  while (i < laying->count && laying->candidates[i] != column)
    i++;
  return i;
}

/* What rows are sorted by is a candidate, wanted or not. Figures stand before a table's own. */
static void laying_add_sorted(struct laying *laying, int sorted) {
  if (sorted >= grid_columns(laying->table) || laying_find(laying, sorted) < laying->count)
    return;
  int at = laying->count++;
  for (; at > 0 && sorted < COLUMN_COUNT && laying->candidates[at - 1] >= COLUMN_COUNT; at--)
    laying->candidates[at] = laying->candidates[at - 1];
  laying->candidates[at] = sorted;
}

/* All that have room, in the order of how much they tell: what rows are sorted by, the first, those
 * that come early, the others. Returns the width of a bar beside the first. */
static int laying_choose(struct laying *laying, int sorted, bool bar) {
  int width = 0, found = laying_find(laying, sorted);
  if (found < laying->count)
    laying_take(laying, found, NAME_LEAST);
  if (laying->count)
    laying_take(laying, 0, NAME_LEAST);
  for (int i = 0; i < laying->count; i++) {
    const struct grid_column *own = grid_own(laying->table, laying->candidates[i]);
    if (own && own->early)
      laying_take(laying, i, laying->name);
  }
  if (bar && laying->at + BAR_WIDTH + 1 + laying->name <= laying->columns)
    laying->at += 1 + (width = BAR_WIDTH);
  int next = 0;
  while (next < laying->count && laying_take(laying, next, laying->name))
    next++; /* a shorter one of less use does not jump the queue */
  return width;
}

void grid_lay_out(struct view *view, int screen_columns) {
  struct grid *grid = &view->grid;
  struct laying laying = {.table = view->ops->grid, .columns = screen_columns, .at = 1};
  laying.name = laying_name(laying.table, screen_columns);
  *grid = (struct grid){.name_at = 1};
  if (!view->picture)
    return;
  laying.count = grid_wanted(view, laying.candidates);
  laying_add_sorted(&laying, grid_sorted(view));
  bool bar = laying.count && laying.candidates[0] < COLUMN_COUNT &&
             columns()[laying.candidates[0]].sort < ANALYSIS_AMOUNTS &&
             ((laying.table->bars && view->settings->figures == FIGURE_SET_BYTES) ||
              screen_columns >= BAR_ROOM);
  int width = laying_choose(&laying, grid_sorted(view), bar);
  for (int i = 0; i < laying.count; i++) {
    if (!laying.taken[i])
      continue;
    grid->shown[grid->count] = laying.candidates[i];
    grid->at[grid->count++] = grid->name_at;
    grid->name_at += grid_width(laying.table, laying.candidates[i]) + 1;
    if (grid->count == 1 && width && laying.candidates[i] < COLUMN_COUNT) {
      grid->bar_at = grid->name_at;
      grid->bar_width = width;
      grid->name_at += width + 1;
    }
  }
}

int grid_column_at(const struct view *view, int screen_column) {
  const struct grid *grid = &view->grid;
  for (int i = 0; i < grid->count; i++)
    if (screen_column >= grid->at[i] &&
        screen_column < grid->at[i] + grid_width(view->ops->grid, grid->shown[i]))
      return grid->shown[i];
  return screen_column >= grid->name_at ? grid_columns(view->ops->grid) : -1;
}

/* ---- Drawing --------------------------------------------------------------------------------- */

static bool grid_is_left(const struct grid_table *table, int column) {
  const struct grid_column *own = grid_own(table, column);
  return own && own->left;
}

static void grid_put(const struct view *view, struct screen *screen, int at, int index,
                     enum screen_style style, const char *text) {
  const struct grid_table *table = view->ops->grid;
  int column = view->grid.shown[index], width = grid_width(table, column);
  (grid_is_left(table, column) ? screen_put : screen_put_right)(screen, at, view->grid.at[index],
                                                                width, style, text);
}

/* The sign of the order stands before the title. */
static void grid_mark(const struct view *view, struct screen *screen, int at, int title_at) {
  bool reverse = view->settings->order.reverse;
  uint32_t glyph = screen->unicode ? (reverse ? 0x25b4 : 0x25be) : (reverse ? '^' : 'v');
  screen_put_glyph(screen, at, title_at - 1, STYLE_HEADING, glyph);
}

void grid_head(const struct view *view, struct screen *screen, int at) {
  const struct grid_table *table = view->ops->grid;
  const struct grid *grid = &view->grid;
  int sorted = grid_sorted(view);
  screen_paint(screen, at, 0, screen->columns, STYLE_HEADING);
  for (int i = 0; i < grid->count; i++) {
    const char *title = grid_title(table, grid->shown[i]);
    int free = grid_width(table, grid->shown[i]) - screen_width(screen, title);
    grid_put(view, screen, at, i, STYLE_HEADING, title);
    if (grid_same_order(grid->shown[i], sorted))
      grid_mark(view, screen, at,
                grid->at[i] + (free < 0 || grid_is_left(table, grid->shown[i]) ? 0 : free));
  }
  const char *name = table->heading(view);
  grid_name(view, screen, at, 0, STYLE_HEADING, name);
  if (sorted == grid_columns(table))
    grid_mark(view, screen, at, grid->name_at + (int)strspn(name, " "));
}

/* false: there is nothing to show. */
static bool grid_text(const struct grid_table *table, int column, const struct grid_row *row,
                      char *out) {
  const struct grid_column *own = grid_own(table, column);
  if (own)
    return own->text(out, row);
  struct column_context context = listing_context(row->view->picture);
  return row->figures && columns()[column].value(out, &context, row->figures);
}

static enum screen_style grid_style(const struct grid_table *table, int column,
                                    const struct grid_row *row, bool sorted) {
  const struct grid_column *own = grid_own(table, column);
  if (own && own->style)
    return own->style(row);
  if (column == COLUMN_GROWTH_BYTES && row->figures->growth_bytes > 0)
    return STYLE_GROWTH;
  return sorted ? STYLE_TEXT : STYLE_QUIET;
}

/* The first column as a length; the largest of all rows fills the place. */
static void grid_bar(const struct view *view, const struct grid_row *row, struct screen *screen,
                     int at) {
  int column = view->grid.shown[0];
  enum analysis_sort sort = columns()[column].sort;
  int64_t part = analysis_sort_value(row->figures, sort), most = view->most[sort];
  screen_bar(screen, at, view->grid.bar_at, view->grid.bar_width,
             sort == ANALYSIS_SORT_GROWTH ? STYLE_GROWTH : STYLE_BAR,
             most > 0 && part > 0 ? (double)part / (double)most : 0);
}

void grid_cells(const struct view *view, const void *element, struct screen *screen, int at) {
  const struct grid_table *table = view->ops->grid;
  const struct grid_row row = table->row(view, element);
  int sorted = grid_sorted(view);
  for (int i = 0; i < view->grid.count; i++) {
    int column = view->grid.shown[i];
    char text[GRID_CELL];
    if (grid_text(table, column, &row, text))
      grid_put(view, screen, at, i, grid_style(table, column, &row, column == sorted), text);
  }
  if (view->grid.bar_width && row.figures)
    grid_bar(view, &row, screen, at);
}

void grid_name(const struct view *view, struct screen *screen, int at, int indent,
               enum screen_style style, const char *name) {
  int column = view->grid.name_at + indent;
  label_put(screen, at, column, screen->columns - column, style, name);
}

void grid_fold(const struct view *view, struct screen *screen, int at, int indent, bool open) {
  uint32_t glyph = screen->unicode ? (open ? 0x25be : 0x25b8) : (open ? '-' : '+');
  screen_put_glyph(screen, at, view->grid.name_at + indent, STYLE_QUIET, glyph);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The flame graph, callers on top: a cell's width is what rows are sorted by. What is selected
 * stands in words below.
 */
#include "report/escape.h"
#include "report/format.h"
#include "report/frames.h"
#include "screen/flame.h"
#include "screen/label.h"
#include "screen/listing.h"
#include "screen/utf8.h"

#include <stdio.h>
#include <string.h>

#define PAGE 8          /* calls that a page goes down or up */
#define NAMED_LEAST 24  /* columns of a cell in which a name has a begin and an end */
#define NAME_SHARE 6    /* of the rows one is for the selected cell's name, if it is that long */
#define NAME_BYTES 4096 /* of it that are shown at most */
#define EDGE_LEAST 3    /* columns of a cell that has room for its right edge */
#define SHADES_USED (STYLE_SHADE_LAST - STYLE_SHADE_FIRST + 1)

struct flame_view {
  struct view view; /* its table's cursor is the selected node */
  struct flame flame;
  uint32_t zoom;
  uint64_t zoom_key, selected_key; /* while the picture changes */
  int top;                         /* rows that are scrolled away */
  int first, rows;                 /* where cells were drawn last */
};

static struct flame_view *flame_of(struct view *view) {
  return (struct flame_view *)view;
}

/* What is no amount has no width: then it is bytes. */
static enum analysis_sort flame_measure(const struct view *view) {
  enum analysis_sort sort = view->picture->question.sort;
  return sort < ANALYSIS_AMOUNTS ? sort : ANALYSIS_SORT_OUTSTANDING;
}

static const struct flame_node *flame_selected_node(const struct view *view) {
  return &((const struct flame_view *)view)->flame.nodes[view->table.cursor];
}

/* ---- Coming and going -------------------------------------------------------------------------*/

static void flame_close(struct view *view) {
  flame_release(&flame_of(view)->flame);
}

static void flame_remember(struct view *view) {
  struct flame_view *self = flame_of(view);
  if (!self->flame.count)
    return;
  self->zoom_key = self->flame.nodes[self->zoom].key;
  self->selected_key = flame_selected_node(view)->key;
}

/* Whether node is zoom or below it. */
static bool flame_is_below(const struct flame *flame, uint32_t node, uint32_t zoom) {
  while (node != FLAME_NONE && node > zoom)
    node = flame->nodes[node].parent;
  return node == zoom;
}

static void flame_zoom(struct flame_view *self, uint32_t node) {
  self->zoom = node;
  self->zoom_key = self->flame.count ? self->flame.nodes[node].key : 0;
  self->top = 0;
  if (!flame_is_below(&self->flame, (uint32_t)self->view.table.cursor, node))
    self->view.table.cursor = node;
}

static void flame_refresh(struct view *view) {
  struct flame_view *self = flame_of(view);
  flame_make(&self->flame, view->picture, flame_measure(view));
  table_count(&view->table, view->picture->report->site_count ? self->flame.count : 0);
  view->table.cursor = flame_find(&self->flame, self->selected_key);
  flame_zoom(self, flame_find(&self->flame, self->zoom_key));
}

static struct view_spot flame_spot(const struct view *view) {
  return (struct view_spot){.first = ((const struct flame_view *)view)->zoom_key};
}

/* Where there is no picture, the next one will be shown from there. */
static void flame_go(struct view *view, struct view_spot spot) {
  struct flame_view *self = flame_of(view);
  flame_zoom(self, flame_find(&self->flame, spot.first));
  self->zoom_key = spot.first;
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

static enum screen_style flame_style(const struct flame_view *self, uint32_t number) {
  const struct flame_node *node = &self->flame.nodes[number];
  if (number == self->view.table.cursor)
    return STYLE_CURSOR;
  if (self->view.settings->needle[0] && view_text_has(node->name, self->view.settings->needle))
    return STYLE_MATCH;
  if (node->leak)
    return STYLE_SHADE_LEAK;
  uint64_t hash = 0;
  for (const char *at = node->name; *at; at++) /* the name's alone: a function has one shade */
    hash = hash * 31 + (unsigned char)*at;
  return (enum screen_style)(STYLE_SHADE_FIRST + hash % SHADES_USED);
}

static void draw_cell(const struct flame_view *self, struct screen *screen, int at,
                      uint32_t number) {
  const struct flame_node *node = &self->flame.nodes[number];
  enum screen_style style = flame_style(self, number);
  bool right_edge = node->width >= EDGE_LEAST;
  char label[LABEL_BYTES];
  screen_paint(screen, at, node->left, node->width, style);
  screen_put_glyph(screen, at, node->left, style, screen->unicode ? 0x258f : '[');
  int width = node->width - 1 - right_edge;
  screen_put(screen, at, node->left + 1, width, style,
             width < NAMED_LEAST ? node->name : label_function(label, screen, node->name, width));
  if (right_edge)
    screen_put_glyph(screen, at, node->left + node->width - 1, style,
                     screen->unicode ? 0x2595 : ']');
}

/* What is too narrow, in one quiet area. */
static void draw_rest(const struct flame_node *node, struct screen *screen, int at) {
  char text[FORMAT_BYTES + 16], count[FORMAT_BYTES];
  snprintf(text, sizeof text, "%s more", format_count(count, node->rest));
  int width = screen_width(screen, text);
  for (int i = 0; i < node->rest_width; i++)
    screen_put_glyph(screen, at, node->rest_left + i, STYLE_QUIET, screen->unicode ? 0xb7 : '.');
  if (width + 2 <= node->rest_width)
    screen_put(screen, at, node->rest_left + 1, width, STYLE_QUIET, text);
}

/* Keeps the selected cell on the screen. */
static void flame_scroll(struct flame_view *self, int rows) {
  int zoom_depth = (int)self->flame.nodes[self->zoom].depth;
  int row = (int)flame_selected_node(&self->view)->depth - zoom_depth;
  if (row < self->top)
    self->top = row;
  if (row >= self->top + rows)
    self->top = row - rows + 1;
}

static void draw_cells(struct flame_view *self, struct screen *screen, int first, int rows) {
  const struct flame *flame = &self->flame;
  uint32_t top = flame->nodes[self->zoom].depth + (uint32_t)self->top;
  self->first = first;
  self->rows = rows;
  for (size_t i = self->zoom; i < flame->count; i++) {
    const struct flame_node *node = &flame->nodes[i];
    if (!node->width || node->depth + 1 < top || node->depth >= top + (uint32_t)rows)
      continue;
    int at = first + (int)node->depth - (int)top;
    if (node->depth >= top)
      draw_cell(self, screen, at, (uint32_t)i);
    if (node->rest && node->depth + 1 < top + (uint32_t)rows)
      draw_rest(node, screen, at + 1);
  }
}

/* What widths are, and what has been zoomed through to get here. */
static void draw_head(const struct flame_view *self, struct screen *screen, int at) {
  char text[300];
  int column = 1;
  snprintf(text, sizeof text, "width: %s%s", analysis_sort_name(flame_measure(&self->view)),
           flame_measure(&self->view) == ANALYSIS_SORT_PEAK ? ", every stack's own" : "");
  screen_paint(screen, at, 0, screen->columns, STYLE_HEADING);
  column += screen_put(screen, at, column, screen->columns - column, STYLE_HEADING, text) + 2;
  if (!self->zoom)
    return;
  const struct flame_node *zoom = &self->flame.nodes[self->zoom];
  snprintf(text, sizeof text, "zoomed past %u call%s, Esc zooms out", zoom->depth,
           zoom->depth == 1 ? "" : "s");
  screen_put_right(screen, at, column, screen->columns - column - 1, STYLE_QUIET, text);
}

static const char *flame_value(char *out, enum analysis_sort measure, int64_t value) {
  switch (measure) {
  case ANALYSIS_SORT_GROWTH:
    return format_growth(out, value);
  case ANALYSIS_SORT_BLOCKS:
  case ANALYSIS_SORT_TEMPORARY:
  case ANALYSIS_SORT_ALLOCATIONS:
    return format_count(out, (uint64_t)value);
  default:
    return format_size(out, (uint64_t)value);
  }
}

static double flame_share(const struct view *view, const struct flame_node *node) {
  enum analysis_sort measure = flame_measure(view);
  int64_t whole = flame_of((struct view *)(uintptr_t)view)->flame.nodes[0].values[measure];
  return whole > 0 ? 100.0 * (double)node->values[measure] / (double)whole : 0;
}

/* All its figures, that of the widths first, as far as there is room. */
static void draw_figures(const struct view *view, struct screen *screen, int at) {
  const struct flame_node *node = flame_selected_node(view);
  enum analysis_sort measure = flame_measure(view);
  char text[12 * FORMAT_BYTES], value[FORMAT_BYTES];
  size_t used =
      (size_t)snprintf(text, sizeof text, "%s %s, %.1f %% of all", analysis_sort_name(measure),
                       flame_value(value, measure, node->values[measure]), flame_share(view, node));
  for (int i = 0; i < ANALYSIS_AMOUNTS; i++)
    if (i != (int)measure && node->values[i])
      used += (size_t)snprintf(text + used, sizeof text - used, "  %s %s",
                               analysis_sort_name((enum analysis_sort)i),
                               flame_value(value, (enum analysis_sort)i, node->values[i]));
  screen_put(screen, at, 1, screen->columns - 2, STYLE_QUIET, text);
}

/* "sample_serve sample.c:25 sessiond", of any length. */
static void flame_full_name(const struct view *view, char *out, size_t bytes) {
  const struct flame_node *node = flame_selected_node(view);
  char name[NAME_BYTES - 600], file[300], module[200];
  const struct analysis_report *report = view->picture->report;
  escape_text(name, sizeof name, 0, node->name);
  if (node->row >= report->site_count) {
    snprintf(out, bytes, "%s", name);
    return;
  }
  const struct analysis_site *row = &report->sites[node->row];
  const char *slash = row->file ? strrchr(row->file, '/') : NULL;
  escape_text(file, sizeof file, 60, slash ? slash + 1 : row->file);
  escape_text(module, sizeof module, 60, frame_module(view->picture->reading->trace, row->module));
  bool own = row->function && strcmp(row->function, node->name) == 0;
  if (own && row->file && row->line)
    snprintf(out, bytes, "%s  %s:%u  %s", name, file, row->line, module);
  else
    snprintf(out, bytes, "%s  %s", name, module);
}

/* The selected cell in words, from the last row up. Returns the rows that it took. */
static int draw_selected(const struct view *view, struct screen *screen, int first, int height) {
  char name[NAME_BYTES], line[NAME_BYTES];
  size_t starts[16], lengths[16];
  int most = height / NAME_SHARE < 16 ? height / NAME_SHARE : 16, rows = 0;
  if (height < 4)
    return 0;
  flame_full_name(view, name, sizeof name);
  for (size_t at = 0; name[at] && rows < (most ? most : 1); rows++) {
    starts[rows] = at;
    lengths[rows] = utf8_wrap(name + at, screen->columns - 2);
    at += lengths[rows] + strspn(name + at + lengths[rows], " ");
  }
  lengths[rows - 1] = strlen(name + starts[rows - 1]); /* what has no room ends in an ellipsis */
  enum screen_style style = flame_selected_node(view)->leak ? STYLE_LEAK : STYLE_TEXT;
  for (int i = 0; i < rows; i++) {
    snprintf(line, sizeof line, "%.*s", (int)lengths[i], name + starts[i]);
    screen_put(screen, first + height - 1 - rows + i, 1, screen->columns - 2, style, line);
  }
  draw_figures(view, screen, first + height - 1);
  return rows + 1;
}

static void flame_draw(struct view *view, struct screen *screen, int first, int height) {
  struct flame_view *self = flame_of(view);
  if (!self->flame.count || !view->table.count)
    return;
  draw_head(self, screen, first);
  int rows = height - 1 - draw_selected(view, screen, first, height);
  if (rows <= 0)
    return;
  flame_lay_out(&self->flame, self->zoom, flame_measure(view), screen->columns);
  flame_scroll(self, rows);
  draw_cells(self, screen, first + 1, rows);
}

/* ---- Acting -----------------------------------------------------------------------------------*/

static bool flame_matches(void *data, size_t node, const char *needle) {
  return view_text_has(((struct flame_view *)data)->flame.nodes[node].name, needle);
}

static const struct analysis_site *flame_selected(struct view *view) {
  const struct analysis_report *report = view->picture ? view->picture->report : NULL;
  if (!report || !view->table.count || flame_selected_node(view)->row >= report->site_count)
    return NULL;
  return &report->sites[flame_selected_node(view)->row];
}

/* Down along the widest calls, or up along the callers. */
static void flame_step(struct flame_view *self, int calls) {
  const struct flame *flame = &self->flame;
  uint32_t node = (uint32_t)self->view.table.cursor;
  for (; calls > 0; calls--) {
    uint32_t child = flame->nodes[node].first_child;
    if (child == FLAME_NONE || !flame->nodes[child].width)
      break;
    node = child;
  }
  for (; calls < 0 && node != self->zoom && node; calls++)
    node = flame->nodes[node].parent;
  self->view.table.cursor = node;
}

/* Zooms in; what cannot be zoomed into any further is shown in detail. */
static enum view_result flame_open(struct flame_view *self) {
  uint32_t node = (uint32_t)self->view.table.cursor;
  bool can_zoom = node != self->zoom && self->flame.nodes[node].first_child != FLAME_NONE;
  if (!can_zoom)
    return VIEW_DETAIL;
  flame_zoom(self, node);
  return VIEW_DONE;
}

static enum view_result flame_point(struct flame_view *self, const struct key *key) {
  int row = key->row - self->first;
  uint32_t depth = self->flame.nodes[self->zoom].depth + (uint32_t)(row + self->top);
  uint32_t node =
      row < 0 || row >= self->rows ? FLAME_NONE : flame_at(&self->flame, depth, key->column);
  if (node == FLAME_NONE)
    return VIEW_IGNORED;
  if (node == self->view.table.cursor)
    return flame_open(self);
  self->view.table.cursor = node;
  return VIEW_DONE;
}

static enum view_result flame_move(struct flame_view *self, enum action action) {
  struct table *table = &self->view.table;
  switch (action) {
  case ACTION_DOWN:
    flame_step(self, 1);
    break;
  case ACTION_UP:
    flame_step(self, -1);
    break;
  case ACTION_PAGE_DOWN:
    flame_step(self, PAGE);
    break;
  case ACTION_PAGE_UP:
    flame_step(self, -PAGE);
    break;
  case ACTION_FIRST:
    table->cursor = self->zoom;
    break;
  case ACTION_LAST:
    flame_step(self, (int)self->flame.count);
    break;
  case ACTION_LEFT:
    table->cursor = flame_beside(&self->flame, (uint32_t)table->cursor, -1);
    break;
  case ACTION_RIGHT:
    table->cursor = flame_beside(&self->flame, (uint32_t)table->cursor, 1);
    break;
  default:
    return VIEW_IGNORED;
  }
  return VIEW_DONE;
}

/* Other widths: the amounts, one after the other. */
static enum view_result flame_sort(struct view *view, int step) {
  struct question question = model_question(view->model);
  int measure = question.sort < ANALYSIS_AMOUNTS ? (int)question.sort : 0;
  question.sort = (enum analysis_sort)((measure + step + ANALYSIS_AMOUNTS) % ANALYSIS_AMOUNTS);
  model_ask(view->model, &question);
  return VIEW_DONE;
}

static enum view_result flame_act(struct view *view, enum action action, const struct key *key) {
  struct flame_view *self = flame_of(view);
  if (!view->table.count)
    return VIEW_IGNORED;
  switch (action) {
  case ACTION_OPEN:
    return flame_open(self);
  case ACTION_POINT:
    return flame_point(self, key);
  case ACTION_SORT:
    return flame_sort(view, 1);
  case ACTION_SORT_BACK:
    return flame_sort(view, -1);
  case ACTION_BACK:
    if (!self->zoom)
      return VIEW_IGNORED;
    flame_zoom(self, self->flame.nodes[self->zoom].parent);
    return VIEW_DONE;
  default:
    return flame_move(self, action);
  }
}

const struct view_ops view_flame = {
    .name = "flame",
    .bytes = sizeof(struct flame_view),
    .by = ANALYSIS_BY_TREE,
    .hints = {ACTION_OPEN, ACTION_BACK, ACTION_SORT, ACTION_SEARCH, ACTION_FILTER,
              ACTION_FROM_FORWARD, ACTION_TO_BACK},
    .rows = {NULL, flame_matches},
    .empty = "Nothing is outstanding here.",
    .bare = "all is every stack together: go down to a call",
    .close = flame_close,
    .remember = flame_remember,
    .refresh = flame_refresh,
    .draw = flame_draw,
    .act = flame_act,
    .selected = flame_selected,
    .spot = flame_spot,
    .go = flame_go,
};

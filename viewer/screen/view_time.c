/* SPDX-License-Identifier: Apache-2.0
 *
 * The time line in full height: a cursor goes from moment to moment, and sets the two ends of the
 * interval that all views show.
 */
#include "analysis/rate.h"
#include "analysis/whole.h"
#include "report/format.h"
#include "screen/interval.h"
#include "screen/timeline.h"
#include "screen/view.h"

#include <stdio.h>

#define FAR 5          /* moments that a far step goes */
#define AXIS_WIDTH 13  /* columns for sizes at the left */
#define AXIS_SCREEN 60 /* columns of a screen that has them */
#define RSS_ROWS 10    /* rows of graph from which on the resident memory has some of its own */
#define SPAN_LEAST 8   /* of a zoom, in ticks: there is always time between the edges */

struct time_view {
  struct view view;     /* its table's cursor is a moment */
  uint64_t first, last; /* zoomed to; both 0: the whole run */
  uint64_t cursor;      /* stamp, while the picture changes */
  bool anchored;        /* one end has been set here, the other is to come */
  uint64_t anchor;
  struct timeline line; /* as drawn last */
  bool drawn;
};

static struct time_view *time_of(struct view *view) {
  return (struct time_view *)view;
}

static size_t time_moments(const struct view *view, const struct analysis_moment **moments) {
  return analysis_moments(view->picture->reading->analysis, moments);
}

/* ---- Coming and going -------------------------------------------------------------------------*/

static void time_remember(struct view *view) {
  const struct analysis_moment *moments;
  size_t count = time_moments(view, &moments);
  time_of(view)->cursor = moments[view->table.cursor < count ? view->table.cursor : 0].stamp;
}

static void time_refresh(struct view *view) {
  const struct analysis_moment *moments;
  table_count(&view->table, time_moments(view, &moments));
  view->table.cursor = reading_moment(view->picture->reading->analysis, time_of(view)->cursor);
}

static struct view_spot time_spot(const struct view *view) {
  const struct time_view *self = (const struct time_view *)view;
  return (struct view_spot){self->first, self->last};
}

static void time_go(struct view *view, struct view_spot spot) {
  time_of(view)->first = spot.first;
  time_of(view)->last = spot.second;
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

static double time_seconds(const struct view *view, uint64_t first, uint64_t last) {
  const struct trace *trace = view->picture->reading->trace;
  return last > first ? (double)(last - first) / trace->process.ticks_per_second : 0;
}

static void draw_scale(struct screen *screen, const char *name, uint64_t highest, int first,
                       int rows) {
  char size[FORMAT_BYTES];
  if (screen->columns < AXIS_SCREEN)
    return;
  screen_put_right(screen, first, 0, AXIS_WIDTH - 1, STYLE_QUIET, format_size(size, highest));
  if (rows > 1)
    screen_put_right(screen, first + rows - 1, 0, AXIS_WIDTH - 1, STYLE_QUIET, name);
}

static void draw_outstanding(const struct timeline *line, struct screen *screen, int first,
                             int rows) {
  uint64_t highest = timeline_highest(line, TIMELINE_OUTSTANDING);
  draw_scale(screen, "outstanding", highest, first, rows);
  timeline_draw_area(line, TIMELINE_OUTSTANDING, highest, screen, first, rows);
}

static void draw_resident(const struct timeline *line, struct screen *screen, int first, int rows) {
  uint64_t highest = timeline_highest(line, TIMELINE_RSS);
  draw_scale(screen, "resident", highest, first, rows);
  if (rows > 2 && screen->columns >= AXIS_SCREEN)
    screen_put_right(screen, first + 1, 0, AXIS_WIDTH - 1, STYLE_QUIET,
                     screen->unicode ? "\u2591 no blocks" : ": no blocks");
  timeline_draw_resident(line, highest, screen, first, rows);
}

/* The cursor, and the ends of the interval, as lines through the graphs. */
static void draw_line(const struct timeline *line, size_t moment, enum screen_style style,
                      struct screen *screen, int first, int rows) {
  uint64_t stamp = line->moments[moment].stamp;
  int column = timeline_column(line, stamp);
  if (stamp < line->first || stamp > line->last)
    return;
  for (int row = first; row < first + rows; row++)
    if (style == STYLE_CURSOR || screen_is_blank(screen, row, column))
      screen_put_glyph(screen, row, column, style, screen->unicode ? 0x2502 : '|');
}

/* Where time is, at the edges. */
static void draw_times(const struct view *view, const struct timeline *line, struct screen *screen,
                       int at) {
  const struct analysis_moment *moments;
  char text[FORMAT_BYTES];
  time_moments(view, &moments);
  format_duration(text, time_seconds(view, moments[0].stamp, line->first));
  screen_put(screen, at, line->left, line->columns / 2, STYLE_QUIET, text);
  format_duration(text, time_seconds(view, moments[0].stamp, line->last));
  screen_put_right(screen, at, line->left + line->columns / 2, line->columns - line->columns / 2,
                   STYLE_QUIET, text);
}

static void draw_cursor_text(const struct view *view, const struct timeline *line,
                             struct screen *screen, int at) {
  const struct analysis_moment *moment = &line->moments[view->table.cursor];
  char text[8 * FORMAT_BYTES], size[FORMAT_BYTES], rss[FORMAT_BYTES], since[FORMAT_BYTES];
  uint64_t resident = timeline_at(line, TIMELINE_RSS, moment->stamp);
  int used =
      snprintf(text, sizeof text, "%.80s at %s: %s outstanding", moment->label,
               format_duration(since, time_seconds(view, line->moments[0].stamp, moment->stamp)),
               format_size(size, timeline_at(line, TIMELINE_OUTSTANDING, moment->stamp)));
  if (resident)
    snprintf(text + used, sizeof text - (size_t)used, ", %s resident", format_size(rss, resident));
  screen_put(screen, at, 1, screen->columns - 2, STYLE_TEXT, text);
}

/* "warm → after, 2 min 8 s: growth +148 KiB, +4.06 MiB an hour; 1,000 units" */
static void draw_interval_text(const struct view *view, const struct timeline *line,
                               struct screen *screen, int at) {
  const struct analysis_report *report = view->picture->report;
  const struct analysis_moment *from = &line->moments[line->from], *to = &line->moments[line->to];
  char text[10 * FORMAT_BYTES], span[FORMAT_BYTES], growth[FORMAT_BYTES], rate[FORMAT_BYTES],
      units[FORMAT_BYTES];
  double seconds = time_seconds(view, from->stamp, to->stamp);
  int64_t bytes = report->totals.growth_bytes;
  int used = snprintf(text, sizeof text, "%.80s %s %.80s, %s: growth %s", from->label,
                      screen->unicode ? "\u2192" : "->", to->label, format_duration(span, seconds),
                      format_growth(growth, bytes));
  if (seconds >= RATE_SPAN_SECONDS)
    used += snprintf(text + used, sizeof text - (size_t)used, ", %s an hour",
                     format_growth(rate, whole_signed((double)bytes / seconds * 3600)));
  if (report->units)
    snprintf(text + used, sizeof text - (size_t)used, "; %s unit%s",
             format_count(units, report->units), report->units == 1 ? "" : "s");
  screen_put(screen, at, 1, screen->columns - 2, bytes > 0 ? STYLE_GROWTH : STYLE_TEXT, text);
}

static void draw_head(const struct time_view *self, struct screen *screen, int at) {
  screen_paint(screen, at, 0, screen->columns, STYLE_HEADING);
  screen_put(screen, at, 1, screen->columns - 2, STYLE_HEADING,
             self->anchored ? "one end is set: go to the other and press Enter"
                            : "memory over time; Enter sets an end of the interval");
}

/* Head, graphs, marks, times, two lines of text; what has no room is left out from below. */
static void time_draw(struct view *view, struct screen *screen, int first, int height) {
  struct time_view *self = time_of(view);
  int left = screen->columns >= AXIS_SCREEN ? AXIS_WIDTH : 0;
  struct timeline *line = &self->line;
  self->drawn = timeline_make(line, view->picture, self->first, self->last, left,
                              screen->columns - left - (left > 0));
  int texts = height >= 6 ? 2 : 0, rows = height - 3 - texts;
  draw_head(self, screen, first);
  if (!self->drawn || rows < 1)
    return;
  bool rss = rows >= RSS_ROWS && timeline_highest(line, TIMELINE_RSS);
  int below = rss ? rows / 3 : 0;
  draw_outstanding(line, screen, first + 1, rows - below);
  if (rss)
    draw_resident(line, screen, first + 2 + rows - below, below - 1);
  draw_line(line, line->from, STYLE_TEXT, screen, first + 1, rows);
  draw_line(line, line->to, STYLE_TEXT, screen, first + 1, rows);
  draw_line(line, view->table.cursor, STYLE_CURSOR, screen, first + 1, rows);
  timeline_draw_marks(line, screen, first + 1 + rows);
  draw_times(view, line, screen, first + 2 + rows);
  if (texts) {
    draw_cursor_text(view, line, screen, first + 3 + rows);
    draw_interval_text(view, line, screen, first + 4 + rows);
  }
}

/* ---- Acting -----------------------------------------------------------------------------------*/

/* What is zoomed to follows the cursor. */
static void time_follow(struct time_view *self) {
  const struct analysis_moment *moments;
  time_moments(&self->view, &moments);
  uint64_t stamp = moments[self->view.table.cursor].stamp, span = self->last - self->first;
  if (!self->first && !self->last)
    return;
  if (stamp < self->first)
    self->first = stamp;
  else if (stamp > self->last)
    self->first = stamp - span;
  self->last = self->first + span;
}

static void time_step(struct time_view *self, int step) {
  struct table *table = &self->view.table;
  size_t rest = table->count - 1 - table->cursor;
  if (step < 0)
    table->cursor -= (size_t)-step < table->cursor ? (size_t)-step : table->cursor;
  else
    table->cursor += (size_t)step < rest ? (size_t)step : rest;
  time_follow(self);
}

static void time_snap(struct time_view *self, int step) {
  const struct analysis *analysis = self->view.picture->reading->analysis;
  self->view.table.cursor = interval_mark(analysis, self->view.table.cursor, step);
  time_follow(self);
}

/* Half or twice as much time, the cursor in the middle as far as the run reaches. */
static void time_zoom(struct time_view *self, bool in) {
  const struct analysis_moment *moments;
  size_t count = time_moments(&self->view, &moments);
  uint64_t start = moments[0].stamp, end = moments[count - 1].stamp;
  uint64_t cursor = moments[self->view.table.cursor].stamp;
  uint64_t span = self->last ? self->last - self->first : end - start;
  span = in ? span / 2 : span * 2;
  if (span >= end - start || (in && span < SPAN_LEAST)) {
    if (!in)
      self->first = self->last = 0;
    return;
  }
  self->first = cursor - start > span / 2 ? cursor - span / 2 : start;
  self->first = end - self->first > span ? self->first : end - span;
  self->last = self->first + span;
}

static void time_ask(struct view *view, size_t one, size_t other) {
  struct question question = model_question(view->model);
  interval_set(&question, view->picture->reading->analysis, one, other);
  model_ask(view->model, &question);
}

/* One end at the cursor, the other as it is; where they would cross, the whole rest. */
static void time_set(struct view *view, bool begin) {
  size_t here = view->table.cursor, from = view->picture->report->from,
         to = view->picture->report->to;
  if (begin)
    time_ask(view, here, to > here ? to : view->table.count - 1);
  else
    time_ask(view, from < here ? from : 0, here);
}

/* The first end, then the other. */
static void time_anchor(struct view *view) {
  struct time_view *self = time_of(view);
  const struct analysis *analysis = view->picture->reading->analysis;
  const struct analysis_moment *moments;
  time_moments(view, &moments);
  if (self->anchored)
    time_ask(view, reading_moment(analysis, self->anchor), view->table.cursor);
  self->anchor = moments[view->table.cursor].stamp;
  self->anchored = !self->anchored;
}

static void time_point(struct view *view, const struct key *key) {
  struct time_view *self = time_of(view);
  size_t moment = self->drawn ? timeline_moment(&self->line, key->column) : view->table.cursor;
  if (moment == view->table.cursor)
    time_anchor(view);
  else
    view->table.cursor = moment;
}

static bool time_move(struct time_view *self, enum action action) {
  static const struct {
    enum action action;
    int step;
  } steps[] = {{ACTION_LEFT, -1},       {ACTION_RIGHT, 1},       {ACTION_UP, -1},
               {ACTION_DOWN, 1},        {ACTION_FAR_LEFT, -FAR}, {ACTION_FAR_RIGHT, FAR},
               {ACTION_PAGE_UP, -FAR},  {ACTION_PAGE_DOWN, FAR}, {ACTION_FIRST, -INT16_MAX},
               {ACTION_LAST, INT16_MAX}};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    if (steps[i].action == action) {
      time_step(self, steps[i].step);
      return true;
    }
  return false;
}

static enum view_result time_act(struct view *view, enum action action, const struct key *key) {
  struct time_view *self = time_of(view);
  if (time_move(self, action))
    return VIEW_DONE;
  switch (action) {
  case ACTION_MARK_BACK:
  case ACTION_MARK_FORWARD:
    time_snap(self, action == ACTION_MARK_BACK ? -1 : 1);
    return VIEW_DONE;
  case ACTION_FROM_HERE:
  case ACTION_TO_HERE:
    time_set(view, action == ACTION_FROM_HERE);
    return VIEW_DONE;
  case ACTION_ZOOM_IN:
  case ACTION_ZOOM_OUT:
    time_zoom(self, action == ACTION_ZOOM_IN);
    return VIEW_DONE;
  case ACTION_OPEN:
    time_anchor(view);
    return VIEW_DONE;
  case ACTION_BACK:
    if (!self->anchored)
      return VIEW_IGNORED;
    self->anchored = false;
    return VIEW_DONE;
  case ACTION_POINT:
    time_point(view, key);
    return VIEW_DONE;
  default:
    return VIEW_IGNORED;
  }
}

static bool time_matches(void *data, size_t moment, const char *needle) {
  const struct analysis_moment *moments;
  time_moments(data, &moments);
  return view_text_has(moments[moment].label, needle);
}

const struct view_ops view_time = {
    .name = "time",
    .bytes = sizeof(struct time_view),
    .by = -1,
    .strip = true,
    .hints = {ACTION_OPEN, ACTION_LEFT, ACTION_RIGHT, ACTION_MARK_FORWARD, ACTION_ZOOM_IN,
              ACTION_ZOOM_OUT},
    .rows = {NULL, time_matches},
    .remember = time_remember,
    .refresh = time_refresh,
    .draw = time_draw,
    .act = time_act,
    .spot = time_spot,
    .go = time_go,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/timeline.h"

int timeline_rows(int screen_rows) {
  return screen_rows < 14 ? 0 : screen_rows < 20 ? 2 : screen_rows < 36 ? 3 : 4;
}

static void timeline_take_trace(struct timeline *line, const struct picture *picture) {
  const struct analysis *analysis = picture->reading->analysis;
  line->from = picture->report->from;
  line->to = picture->report->to;
  line->step_count = analysis_time_line(analysis, &line->steps);
  line->moment_count = analysis_moments(analysis, &line->moments);
}

/* An interval that begins or ends at no mark is lit from the mark before. */
static void timeline_take_family(struct timeline *line, const struct gathering *family) {
  const struct milestones *milestones = &family->milestones;
  line->steps = family->lifelines.steps;
  line->step_count = family->lifelines.count;
  line->moments = milestones->list;
  line->moment_count = milestones->count;
  line->from = milestones_at(milestones, family->from.stamp);
  line->to = family->to.stamp ? milestones_at(milestones, family->to.stamp) : milestones->count - 1;
}

bool timeline_make(struct timeline *line, const struct picture *picture, uint64_t first,
                   uint64_t last, int left, int columns) {
  *line = (struct timeline){.left = left, .columns = columns};
  if (picture->family && !picture->family->milestones.count)
    return false;
  if (picture->family)
    timeline_take_family(line, picture->family);
  else
    timeline_take_trace(line, picture);
  line->first = first || last ? first : line->moments[0].stamp;
  line->last = first || last ? last : line->moments[line->moment_count - 1].stamp;
  return line->step_count && line->last > line->first && columns > 0;
}

/* ---- Time and columns -------------------------------------------------------------------------*/

/* The same, counted from the left edge. */
static int timeline_offset(const struct timeline *line, uint64_t stamp) {
  if (stamp <= line->first)
    return 0;
  double share = (double)(stamp - line->first) / (double)(line->last - line->first);
  return share < 1 ? (int)(share * line->columns) : line->columns - 1;
}

int timeline_column(const struct timeline *line, uint64_t stamp) {
  return line->left + timeline_offset(line, stamp);
}

size_t timeline_moment(const struct timeline *line, int column) {
  size_t best = 0;
  int distance = INT32_MAX;
  for (size_t i = 0; i < line->moment_count; i++) {
    int apart = timeline_column(line, line->moments[i].stamp) - column;
    apart = apart < 0 ? -apart : apart;
    bool better = apart < distance || (apart == distance && line->moments[i].mark);
    if (better && line->moments[i].stamp >= line->first && line->moments[i].stamp <= line->last) {
      best = i;
      distance = apart;
    }
  }
  return best;
}

/* ---- Values -----------------------------------------------------------------------------------*/

static uint64_t step_value(const struct analysis_step *step, enum timeline_series series) {
  uint64_t resident = step->rss_kib * 1024, outstanding = step->outstanding_bytes;
  switch (series) {
  case TIMELINE_RSS:
    return resident;
  case TIMELINE_EXPLAINED:
    return outstanding < resident ? outstanding : resident;
  default:
    return outstanding;
  }
}

/* The first step behind stamp. */
static size_t step_behind(const struct timeline *line, uint64_t stamp) {
  size_t low = 0, high = line->step_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (line->steps[middle].stamp <= stamp)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

uint64_t timeline_at(const struct timeline *line, enum timeline_series series, uint64_t stamp) {
  size_t behind = step_behind(line, stamp);
  return behind ? step_value(&line->steps[behind - 1], series) : 0;
}

uint64_t timeline_highest(const struct timeline *line, enum timeline_series series) {
  uint64_t highest = timeline_at(line, series, line->first);
  for (size_t i = step_behind(line, line->first);
       i < line->step_count && line->steps[i].stamp <= line->last; i++) {
    uint64_t value = step_value(&line->steps[i], series);
    highest = value > highest ? value : highest;
  }
  return highest;
}

/* The highest step within a column; *step is where to look on from, and moves. A column between
 * two steps shows the one before. */
static uint64_t column_value(const struct timeline *line, enum timeline_series series, int offset,
                             size_t *step) {
  uint64_t value = *step ? step_value(&line->steps[*step - 1], series) : 0;
  for (bool first = true; *step < line->step_count; (*step)++, first = false) {
    const struct analysis_step *at = &line->steps[*step];
    if (at->stamp > line->last || timeline_offset(line, at->stamp) > offset)
      break;
    if (first || step_value(at, series) > value)
      value = step_value(at, series);
  }
  return value;
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

/* One column of an area; level is in eighths of a row, counted from the bottom. */
static void draw_column(struct screen *screen, int column, int first, int rows, int level,
                        enum screen_style style) {
  static const char ascii[] = " ..::-=##";
  for (int row = rows - 1; row >= 0; row--, level -= 8) {
    int part = level >= 8 ? 8 : level > 0 ? level : 0;
    uint32_t glyph = screen->unicode ? 0x2580u + (uint32_t)part : (unsigned char)ascii[part];
    if (part)
      screen_put_glyph(screen, first + row, column, style, glyph);
  }
}

static int level_of(uint64_t value, uint64_t highest, int rows) {
  int level = highest ? (int)((double)value / (double)highest * rows * 8 + 0.5) : 0;
  return value && !level ? 1 : level;
}

void timeline_draw_area(const struct timeline *line, enum timeline_series series, uint64_t highest,
                        struct screen *screen, int first, int rows) {
  int from = timeline_offset(line, line->moments[line->from].stamp);
  int to = timeline_offset(line, line->moments[line->to].stamp);
  size_t step = step_behind(line, line->first);
  step -= step > 0;
  for (int i = 0; i < line->columns; i++) {
    uint64_t value = column_value(line, series, i, &step);
    draw_column(screen, line->left + i, first, rows, level_of(value, highest, rows),
                i >= from && i <= to ? STYLE_BAR : STYLE_QUIET);
  }
}

/* Whole cells: parts of one are the areas'. */
static void draw_shade(const struct timeline *line, uint64_t highest, struct screen *screen,
                       int first, int rows) {
  size_t step = step_behind(line, line->first);
  step -= step > 0;
  for (int i = 0; i < line->columns; i++) {
    int level = level_of(column_value(line, TIMELINE_RSS, i, &step), highest, rows);
    for (int row = rows - 1; row >= 0 && level > 0; row--, level -= 8)
      screen_put_glyph(screen, first + row, line->left + i, STYLE_QUIET,
                       screen->unicode ? 0x2591 : ':');
  }
}

void timeline_draw_resident(const struct timeline *line, uint64_t highest, struct screen *screen,
                            int first, int rows) {
  draw_shade(line, highest, screen, first, rows);
  timeline_draw_area(line, TIMELINE_EXPLAINED, highest, screen, first, rows);
}

/* A dot a column, where nothing else is. */
static void draw_dots(const struct timeline *line, uint64_t highest, struct screen *screen,
                      int first, int rows) {
  size_t step = 0;
  for (int i = 0; i < line->columns; i++) {
    int level = level_of(column_value(line, TIMELINE_RSS, i, &step), highest, rows);
    int row = first + rows - 1 - (level - 1) / 8;
    if (level && !screen_is_blank(screen, row, line->left + i))
      continue;
    if (level)
      screen_put_glyph(screen, row, line->left + i, STYLE_QUIET, screen->unicode ? 0xb7 : '\'');
  }
}

/* Each label reaches as far as the next mark leaves room; one that would be cut off by the edge
 * stands before its mark. */
void timeline_draw_marks(const struct timeline *line, struct screen *screen, int at) {
  int edge = line->left + line->columns, free_to = edge;
  for (size_t i = line->moment_count - 1; i-- > 1;) {
    const struct analysis_moment *moment = &line->moments[i];
    int column = timeline_column(line, moment->stamp), width = screen_width(screen, moment->label);
    bool end = i == line->from || i == line->to;
    bool seen = moment->stamp >= line->first && moment->stamp <= line->last;
    enum screen_style style = end ? STYLE_TEXT : STYLE_QUIET;
    bool before = column + 1 + width > free_to && free_to == edge && column - width > line->left;
    if (column >= free_to || !seen || !(moment->mark || end))
      continue;
    screen_put_glyph(screen, at, column, style, screen->unicode ? 0x25b4 : '^');
    screen_put(screen, at, before ? column - width : column + 1,
               before ? width : free_to - column - 1, style, moment->label);
    free_to = (before ? column - width : column) - 1;
  }
}

void timeline_draw(const struct picture *picture, struct screen *screen, int first, int rows) {
  struct timeline line;
  if (rows < 2 || !timeline_make(&line, picture, 0, 0, 0, screen->columns))
    return;
  timeline_draw_area(&line, TIMELINE_OUTSTANDING, timeline_highest(&line, TIMELINE_OUTSTANDING),
                     screen, first, rows - 1);
  draw_dots(&line, timeline_highest(&line, TIMELINE_RSS), screen, first, rows - 1);
  timeline_draw_marks(&line, screen, first + rows - 1);
}

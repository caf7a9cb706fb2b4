/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/timeline.h"

struct timeline {
  const struct analysis_step *steps;
  size_t step_count;
  const struct analysis_moment *moments;
  size_t moment_count;
  uint64_t first, last; /* stamps at the edges */
  uint64_t highest;     /* bytes at the top */
  int columns;
};

int timeline_rows(int screen_rows) {
  return screen_rows < 14 ? 0 : screen_rows < 20 ? 2 : screen_rows < 36 ? 3 : 4;
}

static bool timeline_make(struct timeline *line, const struct picture *picture, int columns) {
  const struct analysis *analysis = picture->reading->analysis;
  *line = (struct timeline){.columns = columns};
  line->step_count = analysis_time_line(analysis, &line->steps);
  line->moment_count = analysis_moments(analysis, &line->moments);
  line->first = line->moments[0].stamp;
  line->last = line->moments[line->moment_count - 1].stamp;
  for (size_t i = 0; i < line->step_count; i++)
    if (line->steps[i].outstanding_bytes > line->highest)
      line->highest = line->steps[i].outstanding_bytes;
  return line->step_count && line->last > line->first && columns > 0;
}

/* The column that a stamp falls into. */
static int timeline_column(const struct timeline *line, uint64_t stamp) {
  if (stamp <= line->first)
    return 0;
  double share = (double)(stamp - line->first) / (double)(line->last - line->first);
  int column = (int)(share * line->columns);
  return column < line->columns ? column : line->columns - 1;
}

/* The highest step within a column; *step is where to look on from, and moves. A column between
 * two steps shows the one before. */
static uint64_t timeline_value(const struct timeline *line, int column, size_t *step) {
  uint64_t value = *step ? line->steps[*step - 1].outstanding_bytes : 0;
  for (bool first = true; *step < line->step_count; (*step)++, first = false) {
    const struct analysis_step *at = &line->steps[*step];
    if (timeline_column(line, at->stamp) > column)
      break;
    if (first || at->outstanding_bytes > value)
      value = at->outstanding_bytes;
  }
  return value;
}

/* One column of the graph; level is in eighths of a row, counted from the bottom. */
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

static void draw_graph(const struct timeline *line, const struct analysis_report *report,
                       struct screen *screen, int first, int rows) {
  int from = timeline_column(line, line->moments[report->from].stamp);
  int to = timeline_column(line, line->moments[report->to].stamp);
  size_t step = 0;
  for (int column = 0; column < line->columns; column++) {
    uint64_t value = timeline_value(line, column, &step);
    double share = line->highest ? (double)value / (double)line->highest : 0;
    int level = (int)(share * rows * 8 + 0.5);
    if (value && !level)
      level = 1;
    draw_column(screen, column, first, rows, level,
                column >= from && column <= to ? STYLE_BAR : STYLE_QUIET);
  }
}

/* The marks' names, each from its own column on as far as the next one leaves room; one that would
 * be cut off by the edge stands before its mark. */
static void draw_marks(const struct timeline *line, const struct analysis_report *report,
                       struct screen *screen, int at) {
  int free_to = line->columns;
  for (size_t i = line->moment_count - 1; i-- > 1;) {
    const char *label = line->moments[i].label;
    int column = timeline_column(line, line->moments[i].stamp), width = screen_width(screen, label);
    bool end = i == report->from || i == report->to;
    enum screen_style style = end ? STYLE_TEXT : STYLE_QUIET;
    bool before = column + 1 + width > free_to && free_to == line->columns && column > width;
    if (column >= free_to)
      continue;
    screen_put_glyph(screen, at, column, style, screen->unicode ? 0x25b4 : '^');
    screen_put(screen, at, before ? column - width : column + 1,
               before ? width : free_to - column - 1, style, label);
    free_to = (before ? column - width : column) - 1;
  }
}

void timeline_draw(const struct picture *picture, struct screen *screen, int first, int rows) {
  struct timeline line;
  if (rows < 2 || !timeline_make(&line, picture, screen->columns))
    return;
  draw_graph(&line, picture->report, screen, first, rows - 1);
  draw_marks(&line, picture->report, screen, first + rows - 1);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory over time, as a graph in cells: what stood, what was resident, the interval lit, the marks
 * below it. The strip above all views, and the parts that the view of the time line is made of.
 */
#ifndef SEEP_TIMELINE_H
#define SEEP_TIMELINE_H

#include "screen/model.h"
#include "screen/screen.h"

enum timeline_series {
  TIMELINE_OUTSTANDING,
  TIMELINE_RSS,
  TIMELINE_EXPLAINED, /* of what is resident, so much as recorded blocks may be */
};

struct timeline {
  const struct analysis_step *steps;
  size_t step_count;
  const struct analysis_moment *moments;
  size_t moment_count;
  size_t from, to;      /* the moments of the interval that is lit */
  uint64_t first, last; /* stamps at the edges */
  int left, columns;    /* where on the screen */
};

/* The time line of a picture between two stamps, both 0: of the whole run. false: there is no time
 * or no room. */
bool timeline_make(struct timeline *line, const struct picture *picture, uint64_t first,
                   uint64_t last, int left, int columns);

/* The column of the screen that a stamp falls into; stamps outside are at the edges. */
int timeline_column(const struct timeline *line, uint64_t stamp);

/* The moment nearest to a column. */
size_t timeline_moment(const struct timeline *line, int column);

/* Bytes at the last step at or before stamp; 0: not known. */
uint64_t timeline_at(const struct timeline *line, enum timeline_series series, uint64_t stamp);

/* The highest that is seen, in bytes; 0: nothing is known. */
uint64_t timeline_highest(const struct timeline *line, enum timeline_series series);

/* Draws a series as an area into rows first to first + rows - 1; highest reaches the top. */
void timeline_draw_area(const struct timeline *line, enum timeline_series series, uint64_t highest,
                        struct screen *screen, int first, int rows);

/* The resident memory: as far as it is recorded blocks as an area, what lies above as a shade. */
void timeline_draw_resident(const struct timeline *line, uint64_t highest, struct screen *screen,
                            int first, int rows);

/* The names of the marks, each at its own column. */
void timeline_draw_marks(const struct timeline *line, struct screen *screen, int at);

/* Rows that the strip takes on a screen of so many rows, the marks' included: 0 to 4. */
int timeline_rows(int screen_rows);

/* Draws the strip into rows first to first + rows - 1: what stood as an area, what was resident as
 * dots above it, on a scale of its own. */
void timeline_draw(const struct picture *picture, struct screen *screen, int first, int rows);

#endif

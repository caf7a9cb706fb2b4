/* SPDX-License-Identifier: Apache-2.0
 *
 * The strip above the views: outstanding memory over the whole run, the interval lit, the marks
 * below it.
 */
#ifndef SEEP_TIMELINE_H
#define SEEP_TIMELINE_H

#include "screen/model.h"
#include "screen/screen.h"

/* Rows that it takes on a screen of so many rows, the marks' included: 0 to 4. */
int timeline_rows(int screen_rows);

/* Draws it into rows first to first + rows - 1. */
void timeline_draw(const struct picture *picture, struct screen *screen, int first, int rows);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands above every view: which program, how it is, which interval; the totals; what is
 * missing from the trace.
 */
#ifndef SEEP_BANNER_H
#define SEEP_BANNER_H

#include "screen/model.h"
#include "screen/screen.h"

/* The first line. picture NULL: still loading. */
void banner_draw_title(const struct picture *picture, const char *path, struct screen *screen,
                       int at);

/* Totals and coverage: one line. */
void banner_draw_totals(const struct picture *picture, struct screen *screen, int at);

#endif

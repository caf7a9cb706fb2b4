/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands above every view: which program, how it is, which interval; the totals; what is
 * missing from the trace.
 */
#ifndef SEEP_BANNER_H
#define SEEP_BANNER_H

#include "screen/model.h"
#include "screen/screen.h"

/* The first line. picture NULL: still loading. within: which process of a family it is; "": it
 * stands for itself. */
void banner_draw_title(const struct picture *picture, const char *path, const char *within,
                       struct screen *screen, int at);

/* Totals and coverage: one line. */
void banner_draw_totals(const struct picture *picture, struct screen *screen, int at);

/* What leaks, a sentence a line, as many as a screen of this height has room for. Returns the rows
 * that it took: 0 where nothing is known. */
int banner_draw_findings(const struct picture *picture, struct screen *screen, int at);

/* One of these: of a call with a long name its line is seen, and how much it leaks. */
void banner_draw_sentence(struct screen *screen, int at, const char *sentence);

#endif

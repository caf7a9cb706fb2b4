/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of calls where there is little room. What a person needs of "FUNCTION FILE:LINE MODULE" is
 * the function and the line, and they stand behind what is long: so the function is shortened, by
 * what stands in its <> and () first, then in its middle.
 */
#ifndef SEEP_LABEL_H
#define SEEP_LABEL_H

#include "screen/screen.h"

#define LABEL_BYTES 4096

/* A function's name in at most width columns. Writes into out[LABEL_BYTES] and returns it. */
const char *label_function(char *out, const struct screen *screen, const char *name, int width);

/* A text that begins with a call, "FUNCTION FILE:LINE ..." or "FUNCTION (FILE:LINE) ...", whose
 * call takes at most width columns where that leaves anything of the function; the rest is as it
 * was, and all of a text without a line. Writes into out[LABEL_BYTES] and returns it. */
const char *label_call(char *out, const struct screen *screen, const char *text, int width);

/* Draws a text that begins with a call, or another, into width columns. */
void label_put(struct screen *screen, int row, int column, int width, enum screen_style style,
               const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A screen as a picture: the same cells and the same themes as on a terminal.
 */
#ifndef SEEP_TEST_SCREEN_SVG_H
#define SEEP_TEST_SCREEN_SVG_H

#include "screen/screen.h"
#include "screen/theme.h"

/* Writes an SVG to stdout. theme: DARK or LIGHT. */
void screen_svg(const struct screen *screen, enum theme theme);

#endif

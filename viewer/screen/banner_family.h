/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands above every view of a family: as banner.h has it for a trace.
 */
#ifndef SEEP_BANNER_FAMILY_H
#define SEEP_BANNER_FAMILY_H

#include "screen/banner.h"

#define FINDING_ROWS 14  /* of a screen with room for a leak's sentence */
#define FINDINGS_ROWS 28 /* for all that there are */

/* How many sentences a screen of this height has room for. */
static inline int banner_sentences(const struct screen *screen) {
  return screen->rows < FINDING_ROWS ? 0 : screen->rows < FINDINGS_ROWS ? 1 : FINDINGS_SENTENCES;
}

void banner_draw_family_title(const struct picture *picture, struct screen *screen, int at);
void banner_draw_family_totals(const struct picture *picture, struct screen *screen, int at);
int banner_draw_family_findings(const struct picture *picture, struct screen *screen, int at);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The profile of a row (analysis/profile.h) in a detail: sections of one line each, which open to
 * what they sum up.
 */
#ifndef SEEP_DETAIL_PROFILE_H
#define SEEP_DETAIL_PROFILE_H

#include "analysis/profile.h"
#include "screen/model.h"
#include "screen/screen.h"

enum detail_section {
  SECTION_PERIODS,
  SECTION_SIZES,
  SECTION_TIMES,
  SECTION_EXAMPLES,
  SECTION_COUNT,
};

/* Lines of a section when it is open, besides its own; the first one has the headings. */
size_t detail_section_parts(const struct profile *profile, enum detail_section section);

/* A constant. */
const char *detail_section_title(enum detail_section section);

void detail_section_draw(const struct profile *profile, const struct picture *picture,
                         enum detail_section section, bool open, struct screen *screen, int at);

/* Draws a part, from 0. */
void detail_part_draw(const struct profile *profile, const struct picture *picture,
                      enum detail_section section, size_t part, struct screen *screen, int at);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The lines of a detail: what they are, not how they look. Worked out anew whenever the picture,
 * the symbols or what is unfolded change.
 */
#ifndef SEEP_DETAIL_LINES_H
#define SEEP_DETAIL_LINES_H

#include "screen/detail_profile.h"
#include "screen/model.h"
#include "screen/source.h"

enum detail_kind {
  DETAIL_BLANK,
  DETAIL_GONE,    /* the row is not in this picture */
  DETAIL_VERDICT, /* number: where the line begins in the verdict's text; second: its bytes */
  DETAIL_FIGURE,  /* number, second: enum column_id; second may be COLUMN_COUNT: none */
  DETAIL_SECTION, /* number: enum detail_section */
  DETAIL_PART,    /* of a section that is open; number: which, second: enum detail_section */
  DETAIL_STACK,   /* heading of a stack */
  DETAIL_FRAME,   /* number: how many frames are further in */
  DETAIL_CUT,     /* outer frames were not recorded */
  DETAIL_PATH,    /* of the source file */
  DETAIL_SOURCE,  /* number: the line */
  DETAIL_MORE,    /* number: stacks not shown yet */
};

struct detail_line {
  enum detail_kind kind;
  size_t number, second, stack;
  uint32_t context, frame; /* FRAME, PATH, SOURCE: frame of the context's symbol */
};

struct detail_lines {
  struct detail_line *lines;
  size_t count, capacity;
  uint32_t *missing; /* contexts whose symbols are not there yet */
  size_t missing_count, missing_capacity;
};

struct detail_request {
  const struct picture *picture;
  const struct analysis_site *site; /* NULL: gone */
  const char *verdict;              /* in words; "": none */
  int columns;                      /* that the verdict's lines may take */
  const struct profile *profile;    /* NULL: not there yet */
  unsigned open_sections;           /* a bit for each */
  size_t stacks;                    /* to be shown */
  bool unfolded;                    /* the source under this frame is shown */
  struct detail_line open;          /* a FRAME: stack, context, frame */
  const struct source *source;      /* of that frame */
};

/* false: no memory; the lines end where it ran out. */
bool detail_lines_make(struct detail_lines *lines, const struct detail_request *request);
void detail_lines_release(struct detail_lines *lines);

/* Whether two lines stand for the same thing. */
bool detail_line_same(const struct detail_line *a, const struct detail_line *b);

#endif

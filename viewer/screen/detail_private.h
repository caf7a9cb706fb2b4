/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the detail: view_detail.c works out what it shows and takes keys, detail_lines.c makes its
 * lines, detail_draw.c draws them.
 */
#ifndef SEEP_DETAIL_PRIVATE_H
#define SEEP_DETAIL_PRIVATE_H

#include "report/sentence.h"
#include "screen/detail_lines.h"
#include "screen/listing.h"

struct detail {
  struct view view;
  struct detail_lines lines;
  struct detail_request request;
  struct source source;
  uint64_t key;            /* of the row */
  uint64_t inspection;     /* asked for; 0: none */
  struct profile *profile; /* NULL: not there yet */
  char title[LISTING_NAME];
  char verdict[500 + SENTENCE_BYTES]; /* in words; "": none */
  bool chosen; /* a person has folded or unfolded: nothing unfolds by itself any more */
};

/* The frame that a line is about; NULL: its symbols are not there yet. */
const struct symbol_frame *detail_frame(const struct detail *detail,
                                        const struct detail_line *line);

/* Whether frame is the call that the row stands for. */
bool detail_is_own(const struct analysis_site *site, const struct symbol_frame *frame);

/* As in struct table_rows; data is the detail. */
void detail_draw(void *data, size_t row, struct screen *screen, int at);
bool detail_matches(void *data, size_t row, const char *needle);

#endif

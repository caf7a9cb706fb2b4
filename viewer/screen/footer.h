/* SPDX-License-Identifier: Apache-2.0
 *
 * The last line: what is under way or was not found, the filter, the keys that do something here,
 * where in the rows the cursor is; or the prompt.
 */
#ifndef SEEP_FOOTER_H
#define SEEP_FOOTER_H

#include "screen/view.h"

struct footer {
  const char *prompt, *typed; /* prompt NULL: none is open */
  const char *message;        /* "": none */
  const char *filter;         /* "": none */
  const struct view *view;    /* NULL: none yet */
  bool within;                /* a process of a family: Esc leads back to that */
  struct model_progress progress;
};

void footer_draw(const struct footer *footer, struct screen *screen, int at);

#endif

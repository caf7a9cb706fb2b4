/* SPDX-License-Identifier: Apache-2.0
 *
 * What the desk cannot do itself, because it takes a terminal, another program or another desk:
 * left to whoever runs the desk.
 */
#ifndef SEEP_ERRAND_H
#define SEEP_ERRAND_H

#include "compare/identity.h"
#include "screen/actions.h"

enum errand_kind {
  ERRAND_NONE,
  ERRAND_COPY,  /* text goes to the terminal's clipboard */
  ERRAND_EDIT,  /* the file is opened at the line */
  ERRAND_VISIT, /* a process of the family is shown on a desk of its own */
  ERRAND_LEAVE, /* that desk is left for the family's */
};

struct errand {
  enum errand_kind kind;
  char *text; /* COPY: UTF-8; EDIT: the file's path. The desk's, until the next key */
  uint32_t line;
  size_t member;               /* VISIT: of the picture's family */
  const struct identity *site; /* VISIT: that is to be seen, the picture's; NULL: all */
  enum action view;            /* VISIT, LEAVE: that is to be shown; NONE: as it comes */
};

#endif

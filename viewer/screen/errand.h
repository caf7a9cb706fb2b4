/* SPDX-License-Identifier: Apache-2.0
 *
 * What the desk cannot do itself, because it takes a terminal or another program: left to whoever
 * runs the desk.
 */
#ifndef SEEP_ERRAND_H
#define SEEP_ERRAND_H

#include <stdint.h>

enum errand_kind {
  ERRAND_NONE,
  ERRAND_COPY, /* text goes to the terminal's clipboard */
  ERRAND_EDIT, /* the file is opened at the line */
};

struct errand {
  enum errand_kind kind;
  char *text; /* COPY: UTF-8; EDIT: the file's path. The desk's, until the next key */
  uint32_t line;
};

#endif

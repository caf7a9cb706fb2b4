/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts without stdio: appended to a buffer that never overflows and is always terminated.
 */
#ifndef SEEP_TEXT_H
#define SEEP_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
  char *start;
  size_t used, room; /* room includes the terminator */
};

static inline void text_char(struct text *text, char c) {
  if (text->used + 1 < text->room)
    text->start[text->used++] = c;
  text->start[text->used] = 0;
}

static inline void text_add(struct text *text, const char *more) {
  while (*more)
    text_char(text, *more++);
}

static inline void text_number(struct text *text, uint64_t value) {
  char digits[20];
  int count = 0;
  do
    digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count)
    text_char(text, digits[--count]);
}

#endif

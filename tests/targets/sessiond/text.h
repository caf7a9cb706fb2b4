/* SPDX-License-Identifier: Apache-2.0
 *
 * A text that grows. Zero-initialise it; text_free gives the memory back and makes it empty. One
 * thread at a time. When memory runs out the text stays as it was and `failed` is set.
 */
#ifndef SESSIOND_TEXT_H
#define SESSIOND_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
  char *bytes; /* not terminated; NULL while empty */
  size_t length, capacity;
  bool failed;
};

void text_add(struct text *text, const char *bytes, size_t length);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_free(struct text *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_FIRST_BYTES 64

static bool text_reserve(struct text *text, size_t more) {
  if (text->capacity - text->length >= more)
    return true;
  size_t capacity = text->capacity ? text->capacity : TEXT_FIRST_BYTES;
  while (capacity - text->length < more)
    capacity *= 2;
  char *bytes = realloc(text->bytes, capacity);
  if (!bytes) {
    text->failed = true;
    return false;
  }
  text->bytes = bytes;
  text->capacity = capacity;
  return true;
}

void text_add(struct text *text, const char *bytes, size_t length) {
  if (!length || !text_reserve(text, length))
    return;
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
}

void text_format(struct text *text, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  if (length > 0 && text_reserve(text, (size_t)length + 1)) {
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
    text->length += (size_t)length;
  }
  va_end(again);
  va_end(arguments);
}

void text_free(struct text *text) {
  free(text->bytes);
  *text = (struct text){0};
}

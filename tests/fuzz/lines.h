/* SPDX-License-Identifier: Apache-2.0
 *
 * Inputs for what takes a file and a text: everything up to the first zero byte is the text, the
 * rest the file.
 */
#ifndef SEEP_FUZZ_LINES_H
#define SEEP_FUZZ_LINES_H

#include "target.h"

#include <string.h>

/* The text of an input, to be freed; *rest is what follows it. */
static inline char *lines_text(const uint8_t *data, size_t bytes, const uint8_t **rest,
                               size_t *rest_bytes) {
  size_t length = strnlen((const char *)data, bytes);
  char *text = strndup((const char *)data, length);
  must(text);
  length += length < bytes;
  *rest = data + length;
  *rest_bytes = bytes - length;
  return text;
}

#endif

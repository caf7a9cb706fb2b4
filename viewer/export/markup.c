/* SPDX-License-Identifier: Apache-2.0 */
#include "export/markup.h"
#include "report/escape.h"

#define REPLACEMENT 0xfffd

static void markup_character(FILE *out, uint32_t character) {
  char bytes[4];
  if (character == '&' || character == '<' || character == '>' || character == '"' ||
      character == '\'')
    fprintf(out, "&#%u;", (unsigned)character);
  else
    fwrite(bytes, 1, escape_encode(bytes, escape_harmless(character) ? character : REPLACEMENT),
           out);
}

void markup_text(FILE *out, const char *text, size_t limit) {
  size_t count = 0;
  if (!text)
    text = "?";
  for (uint32_t character; (character = escape_next(&text));) {
    if (limit && count++ == limit) {
      fputs("...", out);
      return;
    }
    markup_character(out, character);
  }
}

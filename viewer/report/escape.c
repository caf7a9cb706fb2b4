/* SPDX-License-Identifier: Apache-2.0 */
#include "report/escape.h"
#include <stdbool.h>
#include <string.h>

#define REPLACEMENT 0xfffdu

/* Length of the sequence that lead begins, and the least character that needs so many bytes. */
static int escape_length(unsigned char lead, uint32_t *least) {
  if (lead >= 0xc2 && lead <= 0xdf) {
    *least = 0x80;
    return 2;
  }
  if ((lead & 0xf0) == 0xe0) {
    *least = 0x800;
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    *least = 0x10000;
    return 4;
  }
  return 0;
}

uint32_t escape_next(const char **text) {
  const unsigned char *from = (const unsigned char *)*text;
  uint32_t least, character = *from;
  if (!character)
    return 0;
  *text += 1;
  if (character < 0x80)
    return character;
  int length = escape_length(*from, &least);
  character &= 0x7fu >> length;
  for (int i = 1; i < length; i++) {
    if ((from[i] & 0xc0) != 0x80) /* the terminator is none either */
      return REPLACEMENT;
    character = character << 6 | (from[i] & 0x3fu);
  }
  bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (!length || character < least || character > 0x10ffff || surrogate)
    return REPLACEMENT;
  *text += length - 1;
  return character;
}

static const struct {
  uint32_t first, last;
} escape_harmful[] = {
    {0x0000, 0x001f},   /* control characters */
    {0x007f, 0x009f},   /* DEL and C1, which some terminals obey */
    {0x061c, 0x061c},   /* marks, embeddings and isolates that turn the text around: */
    {0x200e, 0x200f},   /*                                                           */
    {0x2028, 0x202e},   /* (and the separators of lines and paragraphs)              */
    {0x2066, 0x2069},   /*                                                           */
    {0xfff9, 0xfffb},   /* annotations that hide text */
    {0xe0000, 0xe007f}, /* tags that hide text */
};

int escape_harmless(uint32_t character) {
  for (size_t i = 0; i < sizeof escape_harmful / sizeof *escape_harmful; i++)
    if (character >= escape_harmful[i].first && character <= escape_harmful[i].last)
      return 0;
  return 1;
}

size_t escape_encode(char *out, uint32_t character) {
  if (character < 0x80) {
    out[0] = (char)character;
    return 1;
  }
  size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  for (size_t i = length; i-- > 1; character >>= 6)
    out[i] = (char)(0x80 | (character & 0x3f));
  out[0] = (char)(0xf00u >> length | character);
  return length;
}

const char *escape_text(char *out, size_t bytes, size_t limit, const char *text) {
  const char *from = text ? text : "?";
  size_t used = 0, cut = 0; /* cut: where the ellipsis would go */
  limit = limit && limit < 4 ? 4 : limit;
  for (size_t count = 1;; count++) {
    uint32_t character = escape_next(&from);
    if (!character)
      break;
    if (used + 4 <= bytes && (!limit || count + 2 <= limit))
      cut = used;
    if (used + 5 > bytes || (limit && count > limit)) {
      memcpy(out + cut, "...", 4);
      return out;
    }
    used += escape_encode(out + used, escape_harmless(character) ? character : REPLACEMENT);
  }
  out[used] = '\0';
  return out;
}

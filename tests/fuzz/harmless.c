/* SPDX-License-Identifier: Apache-2.0 */
#include "harmless.h"

#include "target.h"

#include <string.h>

static bool harmless_turns(uint32_t c) {
  return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

static bool harmless_control(uint32_t c) {
  return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
}

/* Bytes of the sequence that a byte begins; 0: it cannot begin one. */
static unsigned harmless_length(uint8_t byte) {
  if (byte < 0x80)
    return 1;
  if (byte < 0xc2)
    return 0;
  if (byte < 0xe0)
    return 2;
  return byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 0;
}

static uint32_t harmless_next(const uint8_t **at) {
  unsigned length = harmless_length(**at);
  must(length);
  uint32_t c = length == 1 ? **at : **at & (0xffu >> (length + 1));
  for (unsigned i = 1; i < length; i++) {
    must(((*at)[i] & 0xc0) == 0x80);
    c = c << 6 | ((*at)[i] & 0x3f);
  }
  *at += length;
  must(!(c >= 0xd800 && c < 0xe000) && c < 0x110000);
  return c;
}

void harmless_text(const char *text) {
  for (const uint8_t *at = (const uint8_t *)text; *at;) {
    uint32_t c = harmless_next(&at);
    must(!harmless_control(c) && !harmless_turns(c));
  }
}

/* Behind the string that begins at the quote. */
static const char *harmless_string(const char *at) {
  for (at++; *at != '"'; at++) {
    must((uint8_t)*at >= 0x20); /* the end of the document is none of a string */
    if (*at == '\\')
      must(strchr("\"\\/bfnrtu", *++at) && *at);
  }
  return at + 1;
}

void harmless_json(const char *document) {
  int depth = 0;
  for (const uint8_t *at = (const uint8_t *)document; *at;)
    must(!harmless_control(harmless_next(&at)));
  for (const char *at = document; *at;) {
    depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
    must(depth >= 0);
    at = *at == '"' ? harmless_string(at) : at + 1;
  }
  must(depth == 0);
}

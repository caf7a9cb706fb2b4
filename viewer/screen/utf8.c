/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/utf8.h"

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* How many bytes a sequence has by its first, 0 for a byte that starts none, and the smallest
 * character that needs so many. */
static int sequence_bytes(unsigned char first, uint32_t *smallest) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  int bytes = first < 0x80             ? 1
              : (first & 0xe0) == 0xc0 ? 2
              : (first & 0xf0) == 0xe0 ? 3
              : (first & 0xf8) == 0xf0 ? 4
                                       : 0;
  *smallest = least[bytes];
  return bytes;
}

uint32_t utf8_next(const char **text) {
  const unsigned char *at = (const unsigned char *)*text;
  uint32_t smallest;
  int bytes = sequence_bytes(at[0], &smallest);
  (*text)++;
  if (bytes <= 1)
    return bytes ? at[0] : UTF8_REPLACEMENT;
  uint32_t character = at[0] & (0x7fu >> bytes);
  for (int i = 1; i < bytes; i++) {
    if ((at[i] & 0xc0) != 0x80) /* the terminator is one of these: nothing behind it is read */
      return UTF8_REPLACEMENT;
    character = character << 6 | (at[i] & 0x3fu);
  }
  if (character < smallest || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
    return UTF8_REPLACEMENT;
  *text += bytes - 1;
  return character;
}

/* Format characters: they draw nothing and change how others are drawn. */
static bool is_invisible(uint32_t character) {
  static const struct {
    uint32_t first, last;
  } ranges[] = {{0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e},   {0x200b, 0x200f},
                {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
                {0xfff0, 0xfffb}, {0xe000, 0xf8ff}, {0xe0000, 0x10ffff}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (character >= ranges[i].first && character <= ranges[i].last)
      return true;
  return false;
}

uint32_t utf8_harmless(uint32_t character, int unicode) {
  if (!unicode)
    return character >= ' ' && character <= '~' ? character : '?';
  if (character < ' ')
    return 0x2400 + character;
  if (character == 0x7f)
    return 0x2421;
  if (character < 0x7f)
    return character;
  return is_invisible(character) || wcwidth((wchar_t)character) < 0 ? UTF8_REPLACEMENT : character;
}

int utf8_width(uint32_t character) {
  if (character < 0x7f || character == UTF8_REPLACEMENT)
    return 1;
  int width = wcwidth((wchar_t)character);
  return width < 0 ? 1 : width;
}

int utf8_encode(uint32_t character, char out[4]) {
  if (character < 0x80) {
    out[0] = (char)character;
    return 1;
  }
  int bytes = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  for (int i = bytes - 1; i > 0; i--, character >>= 6)
    out[i] = (char)(0x80 | (character & 0x3f));
  out[0] = (char)((0xf00u >> bytes) | character);
  return bytes;
}

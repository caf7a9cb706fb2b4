/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/utf8.h"

#include "report/escape.h"

#include <stddef.h>
#include <wchar.h>

/* Characters that draw nothing by themselves and are no marks on another: in a table of cells they
 * would only hide. */
static bool has_no_look(uint32_t character) {
  static const struct {
    uint32_t first, last;
  } ranges[] = {{0xad, 0xad},     {0x180e, 0x180e},   {0x200b, 0x200d}, {0x2060, 0x206f},
                {0xe000, 0xf8ff}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff}, {0xfff0, 0xfff8},
                {0xfffe, 0xffff}, {0xe0080, 0x10ffff}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (character >= ranges[i].first && character <= ranges[i].last)
      return true;
  return false;
}

uint32_t utf8_harmless(uint32_t character, bool unicode) {
  if (!unicode)
    return character >= ' ' && character <= '~' ? character : '?';
  if (character < ' ')
    return 0x2400 + character;
  if (character == 0x7f)
    return 0x2421;
  bool shown =
      escape_harmless(character) && !has_no_look(character) && wcwidth((wchar_t)character) >= 0;
  return shown ? character : UTF8_REPLACEMENT;
}

int utf8_width(uint32_t character) {
  if (character < 0x7f || character == UTF8_REPLACEMENT)
    return 1;
  int width = wcwidth((wchar_t)character);
  return width < 0 ? 1 : width;
}

size_t utf8_wrap(const char *text, int columns) {
  const char *at = text, *space = NULL;
  int used = 0;
  while (*at) {
    const char *next = at;
    uint32_t character = utf8_harmless(escape_next(&next), true);
    used += utf8_width(character);
    if (character == ' ')
      space = at;
    if (used > columns) {
      const char *end = space ? space : at;
      return (size_t)((end > text ? end : next) - text);
    }
    at = next;
  }
  return (size_t)(at - text);
}

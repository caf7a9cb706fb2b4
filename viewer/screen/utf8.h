/* SPDX-License-Identifier: Apache-2.0
 *
 * How a character of a name (report/escape.h reads and writes them) looks in cells: what stands in
 * for those that may not be drawn, and how many columns each takes.
 */
#ifndef SEEP_UTF8_H
#define SEEP_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffdu

/* The character as it may be drawn: control characters become their pictures (U+2400...), those
 * without a look or with power over others (direction marks, zero-width spaces) the replacement;
 * without unicode everything but printable ASCII becomes '?'. */
uint32_t utf8_harmless(uint32_t character, bool unicode);

/* Columns of a harmless character: 0 (combining), 1 or 2. As the C library's locale says, because
 * curses asks the same. */
int utf8_width(uint32_t character);

/* Bytes of the first line of text (UTF-8, harmless) when it is broken at spaces to so many columns;
 * a word that is longer is broken anywhere. At least one character, unless text is empty. The
 * spaces that the next line would begin with are the caller's to skip. */
size_t utf8_wrap(const char *text, int columns);

#endif

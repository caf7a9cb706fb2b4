/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 as untrusted input: names in a trace may hold anything. Characters that could move a
 * terminal's cursor, reorder its text or hide some are told apart here, once, so that nothing that
 * draws has to think of them.
 */
#ifndef SEEP_UTF8_H
#define SEEP_UTF8_H

#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffdu

/* Takes the next character of *text, which is not at its end, and advances. A broken sequence
 * yields UTF8_REPLACEMENT and advances one byte. */
uint32_t utf8_next(const char **text);

/* The character as it may be drawn: control characters become their pictures (U+2400...), those
 * without a look or with power over others (direction marks, zero-width spaces) the replacement;
 * without unicode everything but printable ASCII becomes '?'. */
uint32_t utf8_harmless(uint32_t character, int unicode);

/* Columns of a harmless character: 0 (combining), 1 or 2. As the C library's locale says, because
 * curses asks the same. */
int utf8_width(uint32_t character);

/* Writes character as UTF-8 without a terminator; returns the bytes, 1 to 4. */
int utf8_encode(uint32_t character, char out[4]);

#endif

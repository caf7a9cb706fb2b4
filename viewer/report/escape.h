/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes text from a trace harmless for a terminal: control characters (escape sequences, newlines,
 * C1, DEL), characters that turn text around or hide it, and broken UTF-8 become U+FFFD.
 */
#ifndef SEEP_REPORT_ESCAPE_H
#define SEEP_REPORT_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

/* Reads one character of the UTF-8 text at *text (NUL ends it) and moves *text behind it. Broken
 * input gives U+FFFD and moves by one byte. 0: the end. */
uint32_t escape_next(const char **text);

/* Whether a terminal may be shown the character as it is. */
int escape_harmless(uint32_t character);

/* Writes a character as UTF-8 (1 to 4 bytes, no terminator); returns how many. */
size_t escape_encode(char *out, uint32_t character);

/* Writes text into out (of bytes, at least 16; always terminated), harmless. Text of more than
 * limit characters (0: no limit), or more than out has room for, is cut and ends in "...". Returns
 * out. NULL is written as "?". */
const char *escape_text(char *out, size_t bytes, size_t limit, const char *text);

#endif

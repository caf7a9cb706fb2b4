/* SPDX-License-Identifier: Apache-2.0
 *
 * Text from a trace inside HTML and SVG, as an element's text or a quoted attribute's value.
 */
#ifndef SEEP_EXPORT_MARKUP_H
#define SEEP_EXPORT_MARKUP_H

#include <stddef.h>
#include <stdio.h>

/* Writes text harmless (report/escape.h) and with all that means something to HTML escaped. Cut
 * after limit characters; 0: whole. NULL is "?". */
void markup_text(FILE *out, const char *text, size_t limit);

#endif

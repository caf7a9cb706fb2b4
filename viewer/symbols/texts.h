/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts kept once: ten thousand addresses share a few thousand names.
 */
#ifndef SEEP_SYMBOLS_TEXTS_H
#define SEEP_SYMBOLS_TEXTS_H

#include <stddef.h>

struct texts { /* all zero: empty */
  char **slots;
  size_t count, capacity; /* capacity: a power of two, or 0 */
};

/* The kept copy of text, which stays until texts_release. NULL: no memory, or text is NULL. */
const char *texts_keep(struct texts *texts, const char *text);

void texts_release(struct texts *texts);

#endif

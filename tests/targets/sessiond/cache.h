/* SPDX-License-Identifier: Apache-2.0
 *
 * Rendered pages, the CACHE_PAGES least long unused of them: it fills, and stays full. Any thread
 * may call.
 */
#ifndef SESSIOND_CACHE_H
#define SESSIOND_CACHE_H

#include "text.h"

#define CACHE_PAGES 256

/* Adds the page to text, or returns false when it is not in the cache. */
bool cache_get(size_t page, struct text *text);
/* Keeps a copy of text as the page, in the place of the longest unused one when the cache is full.
 * Without memory nothing is kept. */
void cache_put(size_t page, const struct text *text);
void cache_free(void);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The start-up table: articles that are made once, before the first request, and read ever after.
 */
#ifndef SESSIOND_CATALOG_H
#define SESSIOND_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

struct article {
  char *title, *body;
};

#define CATALOG_ARTICLES 4096

/* false: no memory. Call once, before other threads are started. */
bool catalog_load(void);
void catalog_free(void);
const struct article *catalog_article(size_t number);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATALOG_BODY_BYTES 480

static struct article *catalog;

static char *catalog_body(size_t number) {
  char *body = malloc(CATALOG_BODY_BYTES);
  if (!body)
    return NULL;
  memset(body, 'a' + (int)(number % 26), CATALOG_BODY_BYTES - 1);
  body[CATALOG_BODY_BYTES - 1] = '\0';
  return body;
}

static bool catalog_fill(struct article *article, size_t number) {
  if (asprintf(&article->title, "Article %zu", number) < 0)
    article->title = NULL;
  article->body = catalog_body(number);
  return article->title && article->body;
}

bool catalog_load(void) {
  catalog = calloc(CATALOG_ARTICLES, sizeof *catalog);
  bool filled = catalog;
  for (size_t number = 0; filled && number < CATALOG_ARTICLES; number++)
    filled = catalog_fill(&catalog[number], number);
  return filled;
}

void catalog_free(void) {
  for (size_t number = 0; catalog && number < CATALOG_ARTICLES; number++) {
    free(catalog[number].title);
    free(catalog[number].body);
  }
  free(catalog);
  catalog = NULL;
}

const struct article *catalog_article(size_t number) {
  return &catalog[number % CATALOG_ARTICLES];
}

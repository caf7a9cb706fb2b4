/* SPDX-License-Identifier: Apache-2.0 */
#include "cache.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct cache_page {
  char *bytes; /* NULL: the place is empty */
  size_t number, length;
  uint64_t used; /* value of cache_clock at its last use */
};

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct cache_page cache[CACHE_PAGES];
static uint64_t cache_clock;

/* The page's place, or else the place to put it: an empty one, or the longest unused. */
static struct cache_page *cache_place(size_t number) {
  struct cache_page *place = &cache[0];
  for (struct cache_page *each = cache; each < cache + CACHE_PAGES; each++) {
    if (each->bytes && each->number == number)
      return each;
    if (each->used < place->used)
      place = each;
  }
  return place;
}

bool cache_get(size_t page, struct text *text) {
  pthread_mutex_lock(&cache_lock);
  struct cache_page *place = cache_place(page);
  bool found = place->bytes && place->number == page;
  if (found) {
    place->used = ++cache_clock;
    text_add(text, place->bytes, place->length);
  }
  pthread_mutex_unlock(&cache_lock);
  return found;
}

void cache_put(size_t page, const struct text *text) {
  char *copy = malloc(text->length);
  if (!copy)
    return;
  memcpy(copy, text->bytes, text->length);
  pthread_mutex_lock(&cache_lock);
  struct cache_page *place = cache_place(page);
  free(place->bytes);
  *place = (struct cache_page){copy, page, text->length, ++cache_clock};
  pthread_mutex_unlock(&cache_lock);
}

void cache_free(void) {
  for (struct cache_page *each = cache; each < cache + CACHE_PAGES; each++) {
    free(each->bytes);
    *each = (struct cache_page){0};
  }
}

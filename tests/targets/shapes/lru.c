/* SPDX-License-Identifier: Apache-2.0
 *
 * A cache that drops what was used longest ago. Half of the requests go to a few hot entries, which
 * stay for the whole run; the others come once and are dropped after a while.
 */
#include "shape.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES 512
#define HOT_KEYS 128

struct entry {
  uint64_t key, used;
  char *body;
};

static struct entry entries[ENTRIES];
static uint64_t clock_now, state = 2;

static struct entry *lru_oldest(void) {
  struct entry *oldest = &entries[0];
  for (size_t i = 1; i < ENTRIES; i++)
    if (entries[i].used < oldest->used)
      oldest = &entries[i];
  return oldest;
}

static struct entry *lru_find(uint64_t key) {
  for (size_t i = 0; i < ENTRIES; i++)
    if (entries[i].body && entries[i].key == key)
      return &entries[i];
  return NULL;
}

static SHAPE_SITE void lru_replace(struct entry *entry, uint64_t key) {
  size_t bytes = 100 + key % 400;
  free(entry->body);
  entry->body = shape_filled(malloc(bytes), bytes);
  entry->key = key;
}

static void lru_unit(uint64_t number) {
  uint64_t key = number % 2 ? HOT_KEYS + number : shape_random(&state, HOT_KEYS);
  struct entry *entry = lru_find(key);
  if (!entry) {
    entry = lru_oldest();
    lru_replace(entry, key);
  }
  entry->used = ++clock_now;
}

int main(int count, char **arguments) {
  static const struct shape shape = {
      .name = "lru", .unit = lru_unit, .sites = {{"lru_replace", "plateau churn step", 0}}};
  return shape_run(&shape, count, arguments);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * A cache that fills over the first third of the run. Then each new entry takes the place of one at
 * random: as many blocks come as go.
 */
#include "shape.h"

#include <stdlib.h>

#define ENTRIES_MOST 4096

static void *entries[ENTRIES_MOST];
static uint64_t entries_bound, entries_used, state = 1;

static void cache_start(uint64_t units) {
  entries_bound = units / 3 < ENTRIES_MOST ? units / 3 : ENTRIES_MOST;
}

static SHAPE_SITE void cache_put(uint64_t place) {
  size_t bytes = 64 + shape_random(&state, 1000);
  free(entries[place]);
  entries[place] = shape_filled(malloc(bytes), bytes);
}

static void cache_unit(uint64_t number) {
  (void)number;
  cache_put(entries_used < entries_bound ? entries_used++ : shape_random(&state, entries_bound));
}

int main(int count, char **arguments) {
  static const struct shape shape = {.name = "cache",
                                     .start = cache_start,
                                     .unit = cache_unit,
                                     .sites = {{"cache_put", "plateau churn", 0}}};
  return shape_run(&shape, count, arguments);
}

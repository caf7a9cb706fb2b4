/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection table that is as large as the most connections at once ever were: each place keeps
 * its buffer for the next that takes it. The load has its peaks in the first half.
 */
#include "shape.h"

#include <stdlib.h>

#define PLACES 1024
#define BUFFER_BYTES 1500

static void *buffers[PLACES];
static uint64_t unit_count, open_count, state = 7;

static SHAPE_SITE void *connection_buffer(void) {
  return shape_filled(malloc(BUFFER_BYTES), BUFFER_BYTES);
}

static void connections_start(uint64_t units) {
  unit_count = units;
}

/* How many want to be connected: higher and higher peaks for half of the run, then lower ones. */
static uint64_t connections_wanted(uint64_t number) {
  uint64_t wave = number % (unit_count / 8 + 1) * PLACES / (unit_count / 8 + 1);
  uint64_t height = number < unit_count / 2 ? 2 * number * PLACES / unit_count : PLACES / 2;
  return 1 + wave * height / PLACES * 9 / 10 + shape_random(&state, 16);
}

static void connections_unit(uint64_t number) {
  uint64_t wanted = connections_wanted(number);
  for (; open_count < wanted && open_count < PLACES; open_count++)
    if (!buffers[open_count])
      buffers[open_count] = connection_buffer();
  open_count = wanted < PLACES ? wanted : PLACES;
}

int main(int count, char **arguments) {
  static const struct shape shape = {.name = "connections",
                                     .start = connections_start,
                                     .unit = connections_unit,
                                     .sites = {{"connection_buffer", "plateau step", 0}}};
  return shape_run(&shape, count, arguments);
}

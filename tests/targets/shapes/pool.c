/* SPDX-License-Identifier: Apache-2.0
 *
 * A pool that hands out objects from big blocks and never gives a block back. How many objects are
 * out at once goes up and down; the highest number comes in the first third.
 */
#include "shape.h"

#include <stdlib.h>

#define OBJECT_BYTES 128
#define BLOCK_OBJECTS 512
#define OBJECTS_MOST 16384

struct object {
  struct object *next;
};

static struct object *unused, *out[OBJECTS_MOST];
static uint64_t out_count, unit_count, state = 5;

static SHAPE_SITE void pool_grow(void) {
  char *block = shape_filled(malloc(OBJECT_BYTES * BLOCK_OBJECTS), OBJECT_BYTES * BLOCK_OBJECTS);
  for (size_t i = 0; i < BLOCK_OBJECTS; i++) {
    struct object *object = (struct object *)(void *)(block + i * OBJECT_BYTES);
    object->next = unused;
    unused = object;
  }
}

static struct object *pool_take(void) {
  if (!unused)
    pool_grow();
  struct object *object = unused;
  unused = object->next;
  return object;
}

static void pool_give(struct object *object) {
  object->next = unused;
  unused = object;
}

static void pool_start(uint64_t units) {
  unit_count = units;
}

/* How many objects should be out: rises for a third of the run, then moves below that. */
static uint64_t pool_wanted(uint64_t number) {
  uint64_t most = OBJECTS_MOST / 2, third = unit_count / 3 + 1;
  return number < third ? most * number / third : most / 2 + shape_random(&state, most / 2);
}

static void pool_unit(uint64_t number) {
  uint64_t wanted = pool_wanted(number);
  while (out_count < wanted)
    out[out_count++] = pool_take();
  while (out_count > wanted)
    pool_give(out[--out_count]);
}

int main(int count, char **arguments) {
  static const struct shape shape = {.name = "pool",
                                     .start = pool_start,
                                     .unit = pool_unit,
                                     .sites = {{"pool_grow", "plateau step", 0}}};
  return shape_run(&shape, count, arguments);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash table with open addressing that doubles by realloc and is then filled anew: one block.
 */
#include "shape.h"

#include <stdlib.h>
#include <string.h>

static uint64_t *slots, used, capacity;

static SHAPE_SITE void slots_double(void) {
  uint64_t *old = malloc(capacity * sizeof *old), had = capacity;
  if (had)
    memcpy(old, slots, had * sizeof *old);
  capacity = had ? 2 * had : 16;
  slots = realloc(slots, capacity * sizeof *slots);
  if (!slots || !old)
    exit(1);
  memset(slots, 0, capacity * sizeof *slots);
  for (uint64_t i = 0; i < had; i++)
    if (old[i]) {
      uint64_t slot = old[i] * 0x9e3779b97f4a7c15ull % capacity;
      while (slots[slot])
        slot = (slot + 1) % capacity;
      slots[slot] = old[i];
    }
  free(old);
}

static void table_unit(uint64_t number) {
  if (2 * used >= capacity)
    slots_double();
  uint64_t slot = (number + 1) * 0x9e3779b97f4a7c15ull % capacity;
  while (slots[slot])
    slot = (slot + 1) % capacity;
  slots[slot] = number + 1;
  used++;
}

int main(int count, char **arguments) {
  static const struct shape shape = {
      .name = "table",
      .unit = table_unit,
      .sites = {{"slots_double", "plateau step churn startup unknown", 0}}};
  return shape_run(&shape, count, arguments);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * A leak of one block each unit whose size is never twice the same, from 16 bytes to 4 KiB.
 */
#include "shape.h"

#include <stdlib.h>

static uint64_t state = 6;

static SHAPE_SITE void message_keep(void) {
  size_t bytes = 16 + shape_random(&state, 4080);
  shape_filled(malloc(bytes), bytes);
}

static void varying_unit(uint64_t number) {
  (void)number;
  message_keep();
}

int main(int count, char **arguments) {
  static const struct shape shape = {
      .name = "varying", .unit = varying_unit, .sites = {{"message_keep", "leak", 1}}};
  return shape_run(&shape, count, arguments);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * A leak of one block each unit that stops after a third of the run, as by a reload of the
 * configuration: from then on every block is freed.
 */
#include "shape.h"

#include <stdbool.h>
#include <stdlib.h>

static uint64_t stops_at;

static void stops_start(uint64_t units) {
  stops_at = units / 3;
}

static SHAPE_SITE void *rule_parse(void) {
  return shape_filled(malloc(336), 336);
}

static void stops_unit(uint64_t number) {
  void *rule = rule_parse();
  if (number >= stops_at)
    free(rule);
}

int main(int count, char **arguments) {
  static const struct shape shape = {.name = "stops",
                                     .start = stops_start,
                                     .unit = stops_unit,
                                     .sites = {{"rule_parse", "step plateau", 0}}};
  return shape_run(&shape, count, arguments);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Lazy start-up: each of some features loads its table when it is first asked for. What is asked
 * for often is loaded at once, the rarest late.
 */
#include "shape.h"

#include <stdlib.h>

#define FEATURES 48

static void *features[FEATURES];
static uint64_t state = 4;

static SHAPE_SITE void *feature_load(size_t feature) {
  size_t bytes = 256 + 64 * feature;
  return shape_filled(malloc(bytes), bytes);
}

static void lazy_unit(uint64_t number) {
  (void)number;
  uint64_t limit = 1 + shape_random(&state, FEATURES);
  size_t feature = shape_random(&state, limit);
  if (!features[feature])
    features[feature] = feature_load(feature);
}

int main(int count, char **arguments) {
  static const struct shape shape = {
      .name = "lazy", .unit = lazy_unit, .sites = {{"feature_load", "step plateau startup", 0}}};
  return shape_run(&shape, count, arguments);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * A real leak: of the orders, one in LEAK_EVERY fails and is forgotten; the others are freed a few
 * units later.
 */
#include "shape.h"

#include <stdlib.h>

#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define ORDERS_OPEN 16
#define ORDER_BYTES 208

static void *orders[ORDERS_OPEN];

static SHAPE_SITE void *order_take(void) {
  return shape_filled(malloc(ORDER_BYTES), ORDER_BYTES);
}

static void leak_start(uint64_t units) {
  (void)units;
  for (size_t i = 0; i < ORDERS_OPEN; i++)
    orders[i] = order_take();
}

static void leak_unit(uint64_t number) {
  void **order = &orders[number % ORDERS_OPEN];
  free(*order);
  *order = order_take();
  if (number % LEAK_EVERY == LEAK_EVERY - 1)
    *order = NULL;
}

int main(int count, char **arguments) {
  static const struct shape shape = {.name = "leak-" STRING(LEAK_EVERY),
                                     .start = leak_start,
                                     .unit = leak_unit,
                                     .sites = {{"order_take", "leak", 1.0 / LEAK_EVERY}}};
  return shape_run(&shape, count, arguments);
}

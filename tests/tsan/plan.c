/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include <stddef.h>
#include <string.h>

static const struct plan plans[] = {
    {"births", 8, 150, 1500, 3000, PLAN_LATE | PLAN_FAIL | PLAN_WATCH},
    {"growth", 4, 6, 6000, 60000, PLAN_WATCH | PLAN_PLUGINS},
    {"libraries", 4, 24, 4000, 3000, PLAN_PLUGINS | PLAN_FAIL},
    {"inside", 6, 60, 2500, 3000, PLAN_NEST | PLAN_LEAVE | PLAN_LATE},
    {"marks", 6, 40, 6000, 1000, PLAN_MARKS | PLAN_FAIL},
    {"pauses", 6, 40, 4000, 1000, PLAN_PAUSES | PLAN_MARKS},
    {"pools", 6, 40, 4000, 1000, PLAN_POOLS},
    {"forks", 5, 20, 2500, 2000, PLAN_FORKS | PLAN_LATE},
    {"exit", 8, 400, 4000, 3000, PLAN_EXIT | PLAN_LATE},
};

const struct plan *plan_find(const char *name) {
  for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
    if (!strcmp(name, plans[i].name))
      return &plans[i];
  return NULL;
}

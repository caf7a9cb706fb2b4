/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/budget.h"
#include "compare/pairing.h"
#include <stdlib.h>

static const struct {
  const char *option, *unit;
} budget_limits[BUDGET_LIMITS] = {
    [BUDGET_BYTES] = {"max-bytes", "bytes"},
    [BUDGET_BYTES_PER_UNIT] = {"max-bytes-per-unit", "bytes/unit"},
    [BUDGET_BLOCKS_PER_UNIT] = {"max-blocks-per-unit", "blocks/unit"},
};

const char *budget_option(enum budget_limit limit) {
  return budget_limits[limit].option;
}

const char *budget_unit(enum budget_limit limit) {
  return budget_limits[limit].unit;
}

bool budget_has_limit(const struct budget *budget) {
  return budget->has[BUDGET_BYTES] || budget->has[BUDGET_BYTES_PER_UNIT] ||
         budget->has[BUDGET_BLOCKS_PER_UNIT] || budget->no_leaks;
}

bool budget_needs_units(const struct budget *budget) {
  return budget->has[BUDGET_BYTES_PER_UNIT] || budget->has[BUDGET_BLOCKS_PER_UNIT] ||
         (budget->baseline && budget->baseline->per_unit);
}

double budget_figure(const struct holding *holding, uint64_t units, enum budget_limit limit) {
  switch (limit) {
  case BUDGET_BYTES_PER_UNIT:
    return (double)holding->bytes / (double)units;
  case BUDGET_BLOCKS_PER_UNIT:
    return (double)holding->blocks / (double)units;
  default:
    return (double)holding->bytes;
  }
}

/* Notes which limits the site breaks; false: none. */
static bool budget_break(const struct budget *budget, uint64_t units,
                         struct budget_excess *excess) {
  excess->leaks = budget->no_leaks && excess->holding->blocks && excess->holding->leak;
  bool broken = excess->leaks || (!budget_has_limit(budget) && excess->holding->blocks);
  for (int i = 0; i < BUDGET_LIMITS; i++) {
    excess->broken[i] =
        budget->has[i] && budget_figure(excess->holding, units, i) > budget->most[i];
    broken = broken || excess->broken[i];
  }
  return broken;
}

static bool budget_accepts(const struct budget *budget, uint64_t units,
                           const struct budget_excess *excess) {
  const struct baseline_entry *entry = excess->accepted;
  if (!entry)
    return false;
  double divisor = budget->baseline->per_unit ? (double)units : 1;
  double most = 1 + budget->tolerance;
  return (double)excess->holding->bytes / divisor <= entry->bytes * most &&
         (double)excess->holding->blocks / divisor <= entry->blocks * most;
}

/* The largest first; equal ones stay in the inventory's order. */
static int budget_compare(const void *a, const void *b) {
  const struct holding *x = ((const struct budget_excess *)a)->holding;
  const struct holding *y = ((const struct budget_excess *)b)->holding;
  if (x->bytes != y->bytes)
    return x->bytes > y->bytes ? -1 : 1;
  if (x->blocks != y->blocks)
    return x->blocks > y->blocks ? -1 : 1;
  return (x > y) - (x < y);
}

static void budget_fill(const struct budget *budget, const struct inventory *inventory,
                        const struct baseline_entry *const *accepted,
                        struct budget_result *result) {
  for (size_t i = 0; i < inventory->count; i++) {
    struct budget_excess excess = {.holding = &inventory->list[i],
                                   .accepted = accepted ? accepted[i] : NULL};
    result->standing += inventory->list[i].blocks > 0;
    if (!budget_break(budget, inventory->units, &excess))
      continue;
    if (budget_accepts(budget, inventory->units, &excess))
      result->accepted++;
    else
      result->list[result->count++] = excess;
  }
  if (result->count)
    qsort(result->list, result->count, sizeof *result->list, budget_compare);
}

bool budget_check(const struct budget *budget, const struct inventory *inventory,
                  struct budget_result *result) {
  *result = (struct budget_result){.list = calloc(inventory->count + 1, sizeof *result->list)};
  const struct baseline_entry **accepted = NULL;
  bool done = result->list != NULL;
  if (done && budget->baseline) {
    accepted = baseline_match(budget->baseline, inventory);
    done = accepted != NULL;
  }
  if (done)
    budget_fill(budget, inventory, accepted, result);
  else
    budget_release(result);
  free(accepted);
  return done;
}

void budget_release(struct budget_result *result) {
  free(result->list);
  *result = (struct budget_result){.list = NULL};
}

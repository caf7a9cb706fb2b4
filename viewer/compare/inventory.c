/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/inventory.h"
#include <stdlib.h>

/* Makes one holding of those that have the same identity; the list is in order. */
static void inventory_merge(struct inventory *inventory) {
  size_t kept = 0;
  for (size_t i = 1; i < inventory->count; i++)
    if (identity_compare(&inventory->list[kept].identity, &inventory->list[i].identity) != 0)
      inventory->list[++kept] = inventory->list[i];
  if (inventory->count)
    inventory->count = kept + 1;
}

/* All sites of the run, also those that did nothing in the interval: a call's number must not
 * depend on the interval. */
static bool inventory_list(struct inventory *inventory, const struct inventory_source *source) {
  const struct analysis_moment *moments;
  size_t last = analysis_moments(source->analysis, &moments) - 1;
  struct analysis_report *whole = analysis_interval(source->analysis, 0, last);
  if (!whole)
    return false;
  inventory->list = calloc(whole->site_count + 1, sizeof *inventory->list);
  if (inventory->list) {
    inventory->count = whole->site_count;
    for (size_t i = 0; i < whole->site_count; i++)
      inventory->list[i].identity = identity_of(source->trace, &whole->sites[i]);
    identity_number(inventory->list, inventory->count, sizeof *inventory->list);
    inventory_merge(inventory);
    identity_number(inventory->list, inventory->count, sizeof *inventory->list);
  }
  analysis_report_free(whole);
  return inventory->list != NULL;
}

static int inventory_compare(const void *a, const void *b) {
  return identity_compare(a, b);
}

static struct holding *inventory_find(const struct inventory *inventory,
                                      const struct identity *identity) {
  return bsearch(identity, inventory->list, inventory->count, sizeof *inventory->list,
                 inventory_compare);
}

static void inventory_add_stack(struct holding *holding, const struct analysis_stack *stack,
                                struct suppressions *suppressions) {
  const struct analysis_figures *figures = &stack->figures;
  struct suppression *suppression =
      suppressions ? suppressions_find(suppressions, stack->context) : NULL;
  if (suppression) {
    suppression->blocks += figures->outstanding_blocks;
    suppression->bytes += figures->outstanding_bytes;
    return;
  }
  holding->blocks += figures->outstanding_blocks;
  holding->bytes += figures->outstanding_bytes;
}

static void inventory_add(struct inventory *inventory, const struct inventory_source *source,
                          size_t row, struct suppressions *suppressions) {
  const struct analysis_site *site = &source->report->sites[row];
  struct identity identity = identity_of(source->trace, site);
  struct holding *holding = inventory_find(inventory, &identity);
  if (!holding) /* an interval's sites are the run's */
    return;
  holding->allocations += site->figures.allocations;
  if (inventory->verdicts && inventory->verdicts[row].kind == VERDICT_LEAK)
    holding->leak = &inventory->verdicts[row];
  for (size_t i = 0; i < site->stack_count; i++)
    inventory_add_stack(holding, &site->stacks[i], suppressions);
}

bool inventory_make(struct inventory *inventory, const struct inventory_source *source,
                    struct suppressions *suppressions) {
  const struct analysis_report *report = source->report;
  const struct analysis_moment *moments;
  analysis_moments(source->analysis, &moments);
  uint64_t ticks = moments[report->to].stamp - moments[report->from].stamp;
  *inventory = (struct inventory){
      .units = report->units, .seconds = (double)ticks / source->trace->process.ticks_per_second};
  if (source->judged)
    inventory->verdicts = verdict_of_report(source->analysis, report);
  if ((source->judged && !inventory->verdicts) || !inventory_list(inventory, source) ||
      (suppressions && !suppressions_begin(suppressions, source->trace, source->symbols))) {
    inventory_release(inventory);
    return false;
  }
  for (size_t i = 0; i < report->site_count; i++)
    inventory_add(inventory, source, i, suppressions);
  return true;
}

void inventory_release(struct inventory *inventory) {
  free(inventory->list);
  free(inventory->verdicts);
  *inventory = (struct inventory){.list = NULL};
}

const struct identity **inventory_identities(const struct inventory *inventory) {
  const struct identity **identities = reallocarray(NULL, inventory->count + 1, sizeof *identities);
  for (size_t i = 0; identities && i < inventory->count; i++)
    identities[i] = &inventory->list[i].identity;
  return identities;
}

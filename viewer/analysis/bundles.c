/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/bundles.h"
#include "analysis/array.h"
#include "analysis/cohort.h"
#include "analysis/rate.h"
#include <math.h>
#include <string.h>

#define BUNDLES_ROWS 256   /* that are compared; beyond, a report is no longer about a leak */
#define BUNDLES_LEAST 8    /* blocks: fewer move together by chance */
#define BUNDLES_LOOSE 0.05 /* how far a row may be off its ratio at any time, of its growth */

struct bundles_row {
  size_t row;
  int64_t *grown; /* per period of the window: kept blocks born up to its end */
  uint64_t first; /* birth of its first block */
  bool taken;
};

struct bundles_work {
  const struct analysis *analysis;
  const struct analysis_report *report;
  struct bundles_row rows[BUNDLES_ROWS];
  size_t count, periods;
};

static uint64_t bundles_first_birth(const struct analysis *analysis, uint32_t group) {
  size_t count;
  const uint32_t *places = members_of(&analysis->members, group, &count);
  uint64_t first = UINT64_MAX;
  for (size_t i = 0; i < count; i++) {
    struct cells_walk walk = cells_of(&analysis->ledger.cells, places[i]);
    for (struct cell cell; cells_next(&walk, &cell);)
      first = cell.oldest < first ? cell.oldest : first;
  }
  return first;
}

static bool bundles_add_row(struct bundles_work *work, struct cohort *cohort, size_t number) {
  const struct calendar *calendar = &work->analysis->calendar;
  uint32_t group = work->report->sites[number].group;
  size_t count;
  const uint32_t *places = members_of(&work->analysis->members, group, &count);
  cohort_take(cohort, places, count);
  if (cohort->kept < BUNDLES_LEAST)
    return true;
  struct bundles_row *row = &work->rows[work->count];
  *row = (struct bundles_row){.row = number, .first = bundles_first_birth(work->analysis, group)};
  row->grown = calloc(work->periods, sizeof *row->grown);
  if (!row->grown)
    return false;
  int64_t sum = 0;
  for (size_t i = 0; i < work->periods; i++)
    row->grown[i] = sum += cohort->periods[calendar->first + i].kept;
  work->count++;
  return true;
}

static bool bundles_collect(struct bundles_work *work, const struct verdict *verdicts) {
  struct cohort cohort;
  bool done = cohort_init(&cohort, work->analysis);
  for (size_t i = 0; done && i < work->report->site_count && work->count < BUNDLES_ROWS; i++)
    if (verdicts[i].kind == VERDICT_LEAK)
      done = bundles_add_row(work, &cohort, i);
  cohort_release(&cohort);
  return done;
}

/* Whether b has a simple number of blocks to each of a's, all the time. */
static bool bundles_together(const struct bundles_work *work, const struct bundles_row *a,
                             const struct bundles_row *b, double *ratio) {
  double all_a = (double)a->grown[work->periods - 1], all_b = (double)b->grown[work->periods - 1];
  double loose = BUNDLES_LOOSE * all_b > 2 ? BUNDLES_LOOSE * all_b : 2;
  struct rate_fraction fraction;
  if (!rate_near(all_b / all_a, BUNDLES_LOOSE, &fraction))
    return false;
  *ratio = (double)fraction.top / fraction.bottom;
  for (size_t i = 0; i < work->periods; i++)
    if (fabs((double)b->grown[i] - *ratio * (double)a->grown[i]) > loose)
      return false;
  return true;
}

/* ---- What they have in common -----------------------------------------------------------------
 */

static size_t bundles_depth(const struct trace *trace, uint32_t context) {
  size_t depth = 0;
  while (context && context < trace->context_count && depth <= trace->context_count) {
    context = trace->contexts[context].parent;
    depth++;
  }
  return depth;
}

static uint32_t bundles_outwards(const struct trace *trace, uint32_t context, size_t steps) {
  while (steps-- && context)
    context = trace->contexts[context].parent;
  return context;
}

/* The innermost node that both paths lead over. */
static uint32_t bundles_common(const struct trace *trace, uint32_t a, uint32_t b) {
  size_t deep_a = bundles_depth(trace, a), deep_b = bundles_depth(trace, b);
  a = bundles_outwards(trace, a, deep_a > deep_b ? deep_a - deep_b : 0);
  b = bundles_outwards(trace, b, deep_b > deep_a ? deep_b - deep_a : 0);
  for (size_t left = deep_a < deep_b ? deep_a : deep_b; left && a != b; left--) {
    a = bundles_outwards(trace, a, 1);
    b = bundles_outwards(trace, b, 1);
  }
  return a == b && a < trace->context_count ? a : 0;
}

static uint32_t bundles_stack(const struct analysis_report *report, size_t row) {
  const struct analysis_site *site = &report->sites[row];
  return site->stack_count ? site->stacks[0].context : site->context;
}

/* ---- Bundles ----------------------------------------------------------------------------------
 */

static bool bundles_add_member(struct bundle *bundle, size_t *capacity, size_t row, double ratio) {
  if (!array_reserve(&bundle->members, capacity, bundle->count + 1, sizeof *bundle->members))
    return false;
  bundle->members[bundle->count++] = (struct bundle_member){row, ratio};
  return true;
}

/* Everything that moves with the given row, which was allocated before all that are left. */
static bool bundles_gather(struct bundles_work *work, struct bundles_row *owner,
                           struct bundle *bundle) {
  size_t capacity = 0;
  owner->taken = true;
  if (!bundles_add_member(bundle, &capacity, owner->row, 1))
    return false;
  bundle->context = bundles_stack(work->report, owner->row);
  for (size_t i = 0; i < work->count; i++) {
    struct bundles_row *row = &work->rows[i];
    double ratio;
    if (row->taken || !bundles_together(work, owner, row, &ratio))
      continue;
    row->taken = true;
    if (!bundles_add_member(bundle, &capacity, row->row, ratio))
      return false;
    bundle->context = bundles_common(work->analysis->trace, bundle->context,
                                     bundles_stack(work->report, row->row));
  }
  for (size_t i = 0; i < bundle->count; i++) {
    bundle->blocks += work->report->sites[bundle->members[i].row].figures.outstanding_blocks;
    bundle->bytes += work->report->sites[bundle->members[i].row].figures.outstanding_bytes;
  }
  return true;
}

/* The row that is left whose first block is the oldest; of two of one stamp, the one whose stack
 * was seen first. */
static struct bundles_row *bundles_next_owner(struct bundles_work *work) {
  struct bundles_row *owner = NULL;
  for (size_t i = 0; i < work->count; i++) {
    struct bundles_row *row = &work->rows[i];
    if (row->taken)
      continue;
    if (!owner || row->first < owner->first ||
        (row->first == owner->first &&
         work->report->sites[row->row].context < work->report->sites[owner->row].context))
      owner = row;
  }
  return owner;
}

static bool bundles_fill(struct bundles *bundles, struct bundles_work *work) {
  size_t capacity = 0;
  for (struct bundles_row *owner; (owner = bundles_next_owner(work));) {
    struct bundle bundle = {0};
    if (!array_reserve(&bundles->list, &capacity, bundles->count + 1, sizeof bundle))
      return false;
    bool done = bundles_gather(work, owner, &bundle);
    if (done && bundle.count > 1)
      bundles->list[bundles->count++] = bundle;
    else
      free(bundle.members);
    if (!done)
      return false;
  }
  return true;
}

static int bundles_compare(const void *a, const void *b) {
  const struct bundle *x = a, *y = b;
  if (x->bytes != y->bytes)
    return x->bytes > y->bytes ? -1 : 1;
  return (x->members[0].row > y->members[0].row) - (x->members[0].row < y->members[0].row);
}

static void bundles_order(struct bundles *bundles, size_t rows) {
  if (bundles->count)
    qsort(bundles->list, bundles->count, sizeof *bundles->list, bundles_compare);
  for (size_t i = 0; i < rows; i++)
    bundles->of_row[i] = BUNDLES_NONE;
  for (size_t i = 0; i < bundles->count; i++)
    for (size_t j = 0; j < bundles->list[i].count; j++)
      bundles->of_row[bundles->list[i].members[j].row] = i;
}

struct bundles *bundles_of_report(const struct analysis *analysis,
                                  const struct analysis_report *report,
                                  const struct verdict *verdicts) {
  const struct calendar *calendar = &analysis->calendar;
  struct bundles *bundles = calloc(1, sizeof *bundles);
  struct bundles_work *work = calloc(1, sizeof *work);
  bool done = bundles && work;
  if (done) {
    *work = (struct bundles_work){
        .analysis = analysis, .report = report, .periods = calendar->last - calendar->first};
    bundles->of_row = calloc(report->site_count + 1, sizeof *bundles->of_row);
    bool fits = report->by == ANALYSIS_BY_SITE || report->by == ANALYSIS_BY_FUNCTION;
    done = bundles->of_row &&
           (!fits || (bundles_collect(work, verdicts) && bundles_fill(bundles, work)));
    for (size_t i = 0; i < work->count; i++)
      free(work->rows[i].grown);
  }
  free(work);
  if (done) {
    bundles_order(bundles, report->site_count);
    return bundles;
  }
  bundles_free(bundles);
  return NULL;
}

void bundles_free(struct bundles *bundles) {
  if (!bundles)
    return;
  for (size_t i = 0; i < bundles->count; i++)
    free(bundles->list[i].members);
  free(bundles->list);
  free(bundles->of_row);
  free(bundles);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/pairing.h"
#include <stdlib.h>

#define PAIRING_SHIFT_CALLS 2048 /* of one function, up to which a shift of lines is searched */

typedef int pairing_order(const struct identity *a, const struct identity *b);

struct pairing_side {
  const struct identity *const *list;
  size_t count, free_count;
  size_t *free;    /* indices of what has no partner yet */
  size_t *partner; /* by index */
};

struct pairing {
  struct pairing_side old, new;
};

/* Neighbours in the order of a pass that the pass takes for the same. */
struct pairing_run {
  const size_t *items;
  size_t count;
};

struct pairing_pass {
  pairing_order *sort, *group;
  void (*pair)(struct pairing *pairing, struct pairing_run old, struct pairing_run new);
};

static void pairing_join(struct pairing *pairing, size_t old, size_t new) {
  pairing->old.partner[old] = new;
  pairing->new.partner[new] = old;
}

static const struct identity *pairing_at(const struct pairing_side *side, struct pairing_run run,
                                         size_t i) {
  return side->list[run.items[i]];
}

static void pairing_in_order(struct pairing *pairing, struct pairing_run old,
                             struct pairing_run new) {
  for (size_t i = 0; i < old.count && i < new.count; i++)
    pairing_join(pairing, old.items[i], new.items[i]);
}

/* ---- Within one build ---- */

static void pairing_exact(struct pairing *pairing, struct pairing_run old, struct pairing_run new) {
  const struct identity *identity = pairing_at(&pairing->old, old, 0);
  if (identity->build_id_bytes || !identity->function)
    pairing_in_order(pairing, old, new);
}

/* ---- Across builds: the calls of one function ---- */

static int64_t pairing_position(const struct pairing_side *side, struct pairing_run run, size_t i) {
  const struct identity *identity = pairing_at(side, run, i);
  return (int64_t)(identity->line ? identity->line : identity->offset);
}

static void pairing_by_number(struct pairing *pairing, struct pairing_run old,
                              struct pairing_run new) {
  for (size_t i = 0, j = 0; i < old.count && j < new.count;) {
    uint32_t a = pairing_at(&pairing->old, old, i)->call;
    uint32_t b = pairing_at(&pairing->new, new, j)->call;
    if (a == b)
      pairing_join(pairing, old.items[i], new.items[j]);
    i += a <= b;
    j += b <= a;
  }
}

/* How many calls coincide when the old ones are moved by shift. */
static size_t pairing_coincide(const struct pairing *pairing, struct pairing_run old,
                               struct pairing_run new, int64_t shift) {
  size_t coincide = 0;
  for (size_t i = 0, j = 0; i < old.count && j < new.count;) {
    int64_t a = pairing_position(&pairing->old, old, i) + shift;
    int64_t b = pairing_position(&pairing->new, new, j);
    coincide += a == b;
    i += a <= b;
    j += b <= a;
  }
  return coincide;
}

struct pairing_shift {
  int64_t shift;
  size_t coincide;
};

static void pairing_try(const struct pairing *pairing, struct pairing_run old,
                        struct pairing_run new, int64_t shift, struct pairing_shift *best) {
  size_t coincide = pairing_coincide(pairing, old, new, shift);
  bool nearer = llabs(shift) < llabs(best->shift);
  if (coincide > best->coincide || (coincide == best->coincide && nearer))
    *best = (struct pairing_shift){shift, coincide};
}

/* The shift under which most calls coincide, the smallest of equal ones. */
static int64_t pairing_shift(const struct pairing *pairing, struct pairing_run old,
                             struct pairing_run new) {
  struct pairing_shift best = {0, pairing_coincide(pairing, old, new, 0)};
  if (old.count + new.count > PAIRING_SHIFT_CALLS)
    return 0;
  int64_t first_old = pairing_position(&pairing->old, old, 0);
  int64_t first_new = pairing_position(&pairing->new, new, 0);
  for (size_t j = 0; j < new.count; j++)
    pairing_try(pairing, old, new, pairing_position(&pairing->new, new, j) - first_old, &best);
  for (size_t i = 0; i < old.count; i++)
    pairing_try(pairing, old, new, first_new - pairing_position(&pairing->old, old, i), &best);
  return best.shift;
}

static struct pairing_run pairing_part(struct pairing_run run, size_t first, size_t stop) {
  return (struct pairing_run){run.items + first, stop - first};
}

/* Pairs what coincides under the shift, and what lies between two such pairs in its order. */
static void pairing_by_line(struct pairing *pairing, struct pairing_run old,
                            struct pairing_run new) {
  int64_t shift = pairing_shift(pairing, old, new);
  size_t i = 0, j = 0, old_from = 0, new_from = 0;
  while (i < old.count && j < new.count) {
    int64_t a = pairing_position(&pairing->old, old, i) + shift;
    int64_t b = pairing_position(&pairing->new, new, j);
    if (a == b) {
      pairing_in_order(pairing, pairing_part(old, old_from, i), pairing_part(new, new_from, j));
      pairing_join(pairing, old.items[i], new.items[j]);
      old_from = i + 1;
      new_from = j + 1;
    }
    i += a <= b;
    j += b <= a;
  }
  pairing_in_order(pairing, pairing_part(old, old_from, old.count),
                   pairing_part(new, new_from, new.count));
}

static void pairing_calls(struct pairing *pairing, struct pairing_run old, struct pairing_run new) {
  const struct identity *a = pairing_at(&pairing->old, old, 0);
  const struct identity *b = pairing_at(&pairing->new, new, 0);
  if (!a->function || identity_same_build(a, b))
    return;
  if (a->calls == b->calls)
    pairing_by_number(pairing, old, new);
  else
    pairing_by_line(pairing, old, new);
}

/* A function that went to another file: its calls, if there are as many. */
static void pairing_moved(struct pairing *pairing, struct pairing_run old, struct pairing_run new) {
  const struct identity *a = pairing_at(&pairing->old, old, 0);
  if (a->function && !identity_same_build(a, pairing_at(&pairing->new, new, 0)))
    pairing_in_order(pairing, old, new);
}

/* ---- Passes ---- */

static const struct pairing_pass pairing_passes[] = {
    {identity_compare_exact, identity_compare_exact, pairing_exact},
    {identity_compare, identity_compare_place, pairing_calls},
    {identity_compare_call, identity_compare_call, pairing_moved},
};

struct pairing_sorting {
  const struct pairing_side *side;
  pairing_order *order;
};

/* Equal ones stay in the order they came in. */
static int pairing_compare(const void *a, const void *b, void *data) {
  const struct pairing_sorting *sorting = data;
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  int order = sorting->order(sorting->side->list[x], sorting->side->list[y]);
  return order ? order : (x > y) - (x < y);
}

static void pairing_sort(struct pairing_side *side, pairing_order *order) {
  side->free_count = 0;
  for (size_t i = 0; i < side->count; i++)
    if (side->partner[i] == PAIRING_NONE)
      side->free[side->free_count++] = i;
  struct pairing_sorting sorting = {side, order};
  if (side->free_count)
    qsort_r(side->free, side->free_count, sizeof *side->free, pairing_compare, &sorting);
}

static struct pairing_run pairing_run_at(const struct pairing_side *side, size_t first,
                                         pairing_order *group) {
  size_t stop = first + 1;
  while (stop < side->free_count &&
         group(side->list[side->free[first]], side->list[side->free[stop]]) == 0)
    stop++;
  return (struct pairing_run){side->free + first, stop - first};
}

static void pairing_take(struct pairing *pairing, const struct pairing_pass *pass) {
  pairing_sort(&pairing->old, pass->sort);
  pairing_sort(&pairing->new, pass->sort);
  for (size_t i = 0, j = 0; i < pairing->old.free_count && j < pairing->new.free_count;) {
    struct pairing_run old = pairing_run_at(&pairing->old, i, pass->group);
    struct pairing_run new = pairing_run_at(&pairing->new, j, pass->group);
    int order = pass->group(pairing_at(&pairing->old, old, 0), pairing_at(&pairing->new, new, 0));
    if (order == 0)
      pass->pair(pairing, old, new);
    i += order <= 0 ? old.count : 0;
    j += order >= 0 ? new.count : 0;
  }
}

static bool pairing_side_init(struct pairing_side *side, const struct identity *const *list,
                              size_t count) {
  *side = (struct pairing_side){.list = list, .count = count};
  side->free = reallocarray(NULL, count + 1, sizeof *side->free);
  side->partner = reallocarray(NULL, count + 1, sizeof *side->partner);
  for (size_t i = 0; side->partner && i < count; i++)
    side->partner[i] = PAIRING_NONE;
  return side->free && side->partner;
}

size_t *pairing_new(const struct identity *const *old, size_t old_count,
                    const struct identity *const *new, size_t new_count) {
  struct pairing pairing;
  bool old_done = pairing_side_init(&pairing.old, old, old_count);
  bool done = pairing_side_init(&pairing.new, new, new_count) && old_done;
  for (size_t i = 0; done && i < sizeof pairing_passes / sizeof *pairing_passes; i++)
    pairing_take(&pairing, &pairing_passes[i]);
  free(pairing.old.free);
  free(pairing.new.free);
  free(pairing.new.partner);
  if (done)
    return pairing.old.partner;
  free(pairing.old.partner);
  return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/compare.h"
#include "compare/pairing.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COMPARE_HOUR 3600.0

#define X(name, word) [name] = word,
static const char *const compare_normals[] = {COMPARE_NORMALS(X)};
static const char *const compare_changes[] = {COMPARE_CHANGES(X)};
#undef X

const char *compare_normal_word(enum compare_normal normal) {
  return compare_normals[normal];
}

const char *compare_change_word(enum compare_change change) {
  return compare_changes[change];
}

int compare_normal_of(const char *word) {
  for (int i = 0; i < COMPARE_NORMAL_COUNT; i++)
    if (!strcmp(word, compare_normals[i]))
      return i;
  return -1;
}

double compare_divisor(const struct inventory *inventory, enum compare_normal normal) {
  switch (normal) {
  case COMPARE_UNITS:
    return (double)inventory->units;
  case COMPARE_TIME:
    return inventory->seconds / COMPARE_HOUR;
  default:
    return 1;
  }
}

static struct compare_figures compare_figures(const struct holding *holding, double divisor) {
  struct compare_figures figures = {.holding = holding};
  if (holding) {
    figures.bytes = (double)holding->bytes / divisor;
    figures.blocks = (double)holding->blocks / divisor;
  }
  return figures;
}

/* -1, 0, 1: whether the figure has shrunk, is the same, or has grown. */
static int compare_numbers(double old, double new, double tolerance) {
  double larger = old > new ? old : new;
  if (fabs(new - old) <= larger * tolerance)
    return 0;
  return new > old ? 1 : -1;
}

static enum compare_change compare_change(const struct compare_row *row, double tolerance) {
  uint64_t old = row->old.holding ? row->old.holding->blocks : 0;
  uint64_t new = row->new.holding ? row->new.holding->blocks : 0;
  if (!old && !new)
    return COMPARE_SAME;
  if (!old || !new)
    return old ? COMPARE_GONE : COMPARE_NEW;
  int order = compare_numbers(row->old.bytes, row->new.bytes, tolerance);
  if (!order)
    order = compare_numbers(row->old.blocks, row->new.blocks, tolerance);
  return order > 0 ? COMPARE_GROWN : order < 0 ? COMPARE_SHRUNK : COMPARE_SAME;
}

const struct identity *compare_identity(const struct compare_row *row) {
  return row->new.holding ? &row->new.holding->identity : &row->old.holding->identity;
}

/* The largest difference first; of equal ones those that are there for whatever reason in the order
 * of their names. */
static int compare_rows(const void *a, const void *b) {
  const struct compare_row *x = a, *y = b;
  double bytes = fabs(y->new.bytes - y->old.bytes) - fabs(x->new.bytes - x->old.bytes);
  double blocks = fabs(y->new.blocks - y->old.blocks) - fabs(x->new.blocks - x->old.blocks);
  if (bytes != 0)
    return bytes > 0 ? 1 : -1;
  if (blocks != 0)
    return blocks > 0 ? 1 : -1;
  int order = identity_compare(compare_identity(x), compare_identity(y));
  return order ? order : (int)x->change - (int)y->change;
}

struct compare_work {
  struct comparison *comparison;
  const struct inventory *old, *new;
  double old_divisor, new_divisor, tolerance;
};

/* Indexes may be PAIRING_NONE. */
static void compare_add(struct compare_work *work, size_t old, size_t new) {
  struct comparison *comparison = work->comparison;
  struct compare_row row = {
      .old = compare_figures(old == PAIRING_NONE ? NULL : &work->old->list[old], work->old_divisor),
      .new =
          compare_figures(new == PAIRING_NONE ? NULL : &work->new->list[new], work->new_divisor)};
  row.change = compare_change(&row, work->tolerance);
  comparison->changes[row.change]++;
  comparison->old_bytes += row.old.bytes;
  comparison->old_blocks += row.old.blocks;
  comparison->new_bytes += row.new.bytes;
  comparison->new_blocks += row.new.blocks;
  if (row.change != COMPARE_SAME)
    comparison->rows[comparison->count++] = row;
}

/* partner is of the old sites; taken has room for a mark per new one. */
static void compare_fill(struct compare_work *work, const size_t *partner, bool *taken) {
  struct comparison *comparison = work->comparison;
  for (size_t i = 0; i < work->old->count; i++) {
    if (partner[i] != PAIRING_NONE)
      taken[partner[i]] = true;
    compare_add(work, i, partner[i]);
  }
  for (size_t i = 0; i < work->new->count; i++)
    if (!taken[i])
      compare_add(work, PAIRING_NONE, i);
  if (comparison->count)
    qsort(comparison->rows, comparison->count, sizeof *comparison->rows, compare_rows);
}

bool compare_make(struct comparison *comparison, const struct inventory *old,
                  const struct inventory *new, enum compare_normal normal, double tolerance) {
  *comparison = (struct comparison){.rows = NULL};
  struct compare_work work = {
      comparison, old, new, compare_divisor(old, normal), compare_divisor(new, normal), tolerance};
  const struct identity **old_names = inventory_identities(old);
  const struct identity **new_names = inventory_identities(new);
  size_t *partner =
      old_names && new_names ? pairing_new(old_names, old->count, new_names, new->count) : NULL;
  bool *taken = calloc(new->count + 1, sizeof *taken);
  comparison->rows = calloc(old->count + new->count + 1, sizeof *comparison->rows);
  bool done = partner && taken && comparison->rows;
  if (done)
    compare_fill(&work, partner, taken);
  else
    compare_release(comparison);
  free(old_names);
  free(new_names);
  free(partner);
  free(taken);
  return done;
}

void compare_release(struct comparison *comparison) {
  free(comparison->rows);
  *comparison = (struct comparison){.rows = NULL};
}

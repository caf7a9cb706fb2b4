/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/pages.h"
#include "report/format.h"
#include <math.h>

static const char *const diff_terms[] = {
    [COMPARE_NONE] = "per run",
    [COMPARE_UNITS] = "per unit",
    [COMPARE_TIME] = "per hour",
};

static const char *diff_number(char *out, enum compare_normal normal, double number) {
  return normal == COMPARE_NONE ? format_count(out, (uint64_t)number) : page_ratio(out, number);
}

static const char *diff_change(char *out, enum compare_normal normal, double change) {
  char number[FORMAT_BYTES];
  const char *sign = change > 0 ? "+" : change < 0 ? "-" : "";
  snprintf(out, FORMAT_BYTES + 1, "%s%s", sign, diff_number(number, normal, fabs(change)));
  return out;
}

/* A figure on both sides and its difference. */
static void diff_figure(FILE *out, enum compare_normal normal, double old, double new) {
  char before[FORMAT_BYTES], after[FORMAT_BYTES], change[FORMAT_BYTES + 1];
  fprintf(out, "%14s %14s %15s ", diff_number(before, normal, old), diff_number(after, normal, new),
          diff_change(change, normal, new - old));
}

static void diff_row(FILE *out, const struct page_diff *page, const struct compare_row *row) {
  char name[IDENTITY_BYTES];
  fprintf(out, "%-6s ", compare_change_word(row->change));
  diff_figure(out, page->normal, row->old.bytes, row->new.bytes);
  diff_figure(out, page->normal, row->old.blocks, row->new.blocks);
  fprintf(out, " %s\n", identity_text(name, compare_identity(row)));
}

static void diff_table(FILE *out, const struct page_diff *page) {
  const struct comparison *comparison = page->comparison;
  size_t count = comparison->count;
  if (page->limit && page->limit < count)
    count = page->limit;
  fprintf(out, "%-6s %14s %14s %15s %14s %14s %15s  site\n", "change", "old bytes", "new bytes",
          "difference", "old blocks", "new blocks", "difference");
  for (size_t i = 0; i < count; i++)
    diff_row(out, page, &comparison->rows[i]);
  if (count < comparison->count)
    fprintf(out, "... and %zu more rows (--limit 0 writes all)\n", comparison->count - count);
  fprintf(out, "%-6s ", "all");
  diff_figure(out, page->normal, comparison->old_bytes, comparison->new_bytes);
  diff_figure(out, page->normal, comparison->old_blocks, comparison->new_blocks);
  fputs(" of all sites\n\n", out);
}

void diff_text(FILE *out, const struct page_diff *page) {
  const struct comparison *comparison = page->comparison;
  page_side_text(out, "old ", &page->old);
  page_side_text(out, "new ", &page->new);
  fprintf(out, "\nallocated in the interval and standing at its end, %s:\n",
          diff_terms[page->normal]);
  if (comparison->count)
    diff_table(out, page);
  else
    fputs("no differences\n\n", out);
  for (int i = COMPARE_NEW; i < COMPARE_CHANGE_COUNT; i++)
    fprintf(out, "%zu %s, ", comparison->changes[i], compare_change_word(i));
  fprintf(out, "%zu the same\n", comparison->changes[COMPARE_SAME]);
}

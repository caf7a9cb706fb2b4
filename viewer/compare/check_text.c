/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/pages.h"
#include "report/escape.h"
#include "report/format.h"

/* "22,800 bytes in 150 blocks (per unit: 152.00 in 1.00)" */
static void check_holding(FILE *out, const struct holding *holding, uint64_t units) {
  char bytes[FORMAT_BYTES], blocks[FORMAT_BYTES];
  fprintf(out, "%s bytes in %s blocks", format_count(bytes, holding->bytes),
          format_count(blocks, holding->blocks));
  if (units)
    fprintf(out, " (per unit: %s in %s)",
            page_ratio(bytes, budget_figure(holding, units, BUDGET_BYTES_PER_UNIT)),
            page_ratio(blocks, budget_figure(holding, units, BUDGET_BLOCKS_PER_UNIT)));
}

static void check_broken(FILE *out, const struct budget *budget,
                         const struct budget_excess *excess) {
  for (int i = 0; i < BUDGET_LIMITS; i++)
    if (excess->broken[i])
      fprintf(out, "; at most %.15g %s", budget->most[i], budget_unit(i));
  const struct verdict *leak = excess->holding->leak;
  if (excess->leaks)
    fprintf(out, "; a leak: %s (confidence %.2f)", leak->evidence, leak->confidence);
}

static void check_accepted(FILE *out, const struct budget *budget,
                           const struct budget_excess *excess) {
  if (!budget->baseline)
    return;
  if (excess->accepted)
    fprintf(out, "; the baseline accepts %.6g in %.6g per %s", excess->accepted->bytes,
            excess->accepted->blocks, budget->baseline->per_unit ? "unit" : "run");
  else
    fputs("; not in the baseline", out);
}

static void check_excess(FILE *out, const struct page_check *page,
                         const struct budget_excess *excess) {
  char name[IDENTITY_BYTES];
  fprintf(out, "over budget: %s: ", identity_text(name, &excess->holding->identity));
  check_holding(out, excess->holding, page->side.inventory->units);
  check_broken(out, page->budget, excess);
  check_accepted(out, page->budget, excess);
  fputc('\n', out);
}

static void check_suppressed(FILE *out, const struct suppressions *suppressions) {
  for (size_t i = 0; suppressions && i < suppressions->count; i++) {
    const struct suppression *suppression = &suppressions->list[i];
    char pattern[512], bytes[FORMAT_BYTES], blocks[FORMAT_BYTES];
    if (suppression->blocks)
      fprintf(out, "suppressed: leak:%s: %s bytes in %s blocks\n",
              escape_text(pattern, sizeof pattern, 120, suppression->pattern),
              format_count(bytes, suppression->bytes), format_count(blocks, suppression->blocks));
  }
}

void check_text(FILE *out, const struct page_check *page) {
  const struct budget_result *result = page->result;
  page_side_text(out, "", &page->side);
  for (size_t i = 0; i < result->count; i++)
    check_excess(out, page, &result->list[i]);
  check_suppressed(out, page->suppressions);
  if (page->budget->baseline)
    fprintf(out, "accepted by the baseline: %zu site%s\n", result->accepted,
            result->accepted == 1 ? "" : "s");
  fprintf(out, "%s: %zu of %zu sites that hold memory %s over the budget\n",
          result->count ? "failed" : "passed", result->count, result->standing,
          result->count == 1 ? "is" : "are");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/pages.h"
#include "report/json_writer.h"

/* JSON keys have low lines where options have dashes. */
static const char *const check_json_keys[BUDGET_LIMITS] = {
    [BUDGET_BYTES] = "max_bytes",
    [BUDGET_BYTES_PER_UNIT] = "max_bytes_per_unit",
    [BUDGET_BLOCKS_PER_UNIT] = "max_blocks_per_unit",
};

static void check_json_budget(struct json *json, const struct budget *budget) {
  json_object(json, "budget");
  for (int i = 0; i < BUDGET_LIMITS; i++)
    if (budget->has[i])
      json_real(json, check_json_keys[i], budget->most[i]);
  if (budget->no_leaks)
    json_bool(json, "no_leaks", true);
  if (budget->baseline) {
    json_number(json, "baseline_sites", budget->baseline->count);
    json_text(json, "baseline_per", budget->baseline->per_unit ? "unit" : "run");
    json_real(json, "tolerance", budget->tolerance);
  }
  json_object_end(json);
}

static void check_json_excess(struct json *json, const struct page_check *page,
                              const struct budget_excess *excess) {
  json_object(json, NULL);
  page_identity_json(json, &excess->holding->identity);
  page_holding_json(json, excess->holding, page->side.inventory->units);
  json_array(json, "broken");
  for (int i = 0; i < BUDGET_LIMITS; i++)
    if (excess->broken[i])
      json_text(json, NULL, check_json_keys[i]);
  if (excess->leaks)
    json_text(json, NULL, "no_leaks");
  json_array_end(json);
  if (excess->leaks) {
    json_real(json, "confidence", excess->holding->leak->confidence);
    json_text(json, "evidence", excess->holding->leak->evidence);
  }
  if (excess->accepted) {
    json_object(json, "accepted");
    json_real(json, "bytes", excess->accepted->bytes);
    json_real(json, "blocks", excess->accepted->blocks);
    json_object_end(json);
  }
  json_object_end(json);
}

static void check_json_suppressed(struct json *json, const struct suppressions *suppressions) {
  json_array(json, "suppressed");
  for (size_t i = 0; suppressions && i < suppressions->count; i++) {
    const struct suppression *suppression = &suppressions->list[i];
    if (!suppression->blocks)
      continue;
    json_object(json, NULL);
    json_text(json, "pattern", suppression->pattern);
    json_number(json, "outstanding_blocks", suppression->blocks);
    json_number(json, "outstanding_bytes", suppression->bytes);
    json_object_end(json);
  }
  json_array_end(json);
}

void check_json(FILE *out, const struct page_check *page) {
  const struct budget_result *result = page->result;
  struct json json = json_to(out);
  json_object(&json, NULL);
  json_number(&json, "seep", 1);
  json_bool(&json, "within", result->count == 0);
  page_side_json(&json, &page->side);
  check_json_budget(&json, page->budget);
  json_number(&json, "standing", result->standing);
  json_number(&json, "accepted", result->accepted);
  json_array(&json, "sites");
  for (size_t i = 0; i < result->count; i++)
    check_json_excess(&json, page, &result->list[i]);
  json_array_end(&json);
  check_json_suppressed(&json, page->suppressions);
  json_object_end(&json);
  json_end(&json);
}

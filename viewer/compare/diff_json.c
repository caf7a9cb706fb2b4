/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/pages.h"
#include "report/json_writer.h"

static void diff_json_side(struct json *json, const char *key, const struct page_side *side,
                           double bytes, double blocks) {
  json_object(json, key);
  page_side_json(json, side);
  json_real(json, "bytes", bytes);
  json_real(json, "blocks", blocks);
  json_object_end(json);
}

static void diff_json_figures(struct json *json, const char *key, const struct page_side *side,
                              const struct compare_figures *figures) {
  if (!figures->holding)
    return;
  json_object(json, key);
  page_identity_json(json, &figures->holding->identity);
  page_holding_json(json, figures->holding, side->inventory->units);
  json_real(json, "bytes", figures->bytes);
  json_real(json, "blocks", figures->blocks);
  json_object_end(json);
}

static void diff_json_row(struct json *json, const struct page_diff *page,
                          const struct compare_row *row) {
  const struct identity *identity = compare_identity(row);
  json_object(json, NULL);
  json_text(json, "change", compare_change_word(row->change));
  json_text(json, "function", identity->function);
  json_text(json, "module", identity->module);
  json_text(json, "file", identity->file);
  if (identity->line)
    json_number(json, "line", identity->line);
  json_real(json, "bytes_difference", row->new.bytes - row->old.bytes);
  json_real(json, "blocks_difference", row->new.blocks - row->old.blocks);
  diff_json_figures(json, "old", &page->old, &row->old);
  diff_json_figures(json, "new", &page->new, &row->new);
  json_object_end(json);
}

static void diff_json_rows(struct json *json, const struct page_diff *page) {
  size_t count = page->comparison->count;
  if (page->limit && page->limit < count)
    count = page->limit;
  json_array(json, "sites");
  for (size_t i = 0; i < count; i++)
    diff_json_row(json, page, &page->comparison->rows[i]);
  json_array_end(json);
}

void diff_json(FILE *out, const struct page_diff *page) {
  const struct comparison *comparison = page->comparison;
  struct json json = json_to(out);
  json_object(&json, NULL);
  json_number(&json, "seep", 1);
  json_text(&json, "normalize", compare_normal_word(page->normal));
  diff_json_side(&json, "old", &page->old, comparison->old_bytes, comparison->old_blocks);
  diff_json_side(&json, "new", &page->new, comparison->new_bytes, comparison->new_blocks);
  json_object(&json, "changes");
  for (int i = 0; i < COMPARE_CHANGE_COUNT; i++)
    json_number(&json, compare_change_word(i), comparison->changes[i]);
  json_object_end(&json);
  diff_json_rows(&json, page);
  json_object_end(&json);
  json_end(&json);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What diff and check write: the scene of sessions against inventories with any names.
 */
#include "compare/pages.h"
#include "page.h"
#include "report/format.h"
#include "stock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOSTILE "\x1b]0;x\x07\nnew line\"</script>\xff\u202e"

struct stage { /* a scene, and what a page says of it */
  struct scene scene;
  struct analysis_report *report;
};

static void stage_begin(struct stage *stage) {
  scene_sessions(&stage->scene);
  stage->report = analysis_interval(stage->scene.analysis, 1, 2);
  assert_non_null(stage->report);
}

static void stage_end(struct stage *stage) {
  analysis_report_free(stage->report);
  scene_end(&stage->scene);
}

static struct page_side stage_side(const struct stage *stage, const struct inventory *inventory) {
  return (struct page_side){"demo.seep", stage->scene.trace, stage->scene.analysis, stage->report,
                            inventory};
}

static void harmless(const char *text) {
  for (; *text; text++)
    assert_true((unsigned char)*text >= 0x20 || *text == '\n');
}

/* What a page of one call, that differs, is: text or JSON. Free it. */
static char *diff_of(const struct stage *stage, const char *name, bool json,
                     enum compare_normal normal) {
  const struct holding before[] = {stock_holding(stock_call(1, name, name, 10), 10, 1520, 10),
                                   stock_holding(stock_call(1, "same", "b.c", 1), 1, 1, 1)};
  const struct holding after[] = {stock_holding(stock_call(2, name, name, 12), 20, 3041, 20),
                                  stock_holding(stock_call(2, "same", "b.c", 1), 1, 1, 1)};
  struct inventory old = stock_inventory(before, 2, 10, 1), new = stock_inventory(after, 2, 10, 1);
  struct comparison comparison;
  char *text;
  size_t bytes;
  FILE *out = open_memstream(&text, &bytes);
  assert_true(compare_make(&comparison, &old, &new, normal, 0));
  const struct page_diff page = {stage_side(stage, &old), stage_side(stage, &new), &comparison,
                                 normal, 0};
  (json ? diff_json : diff_text)(out, &page);
  fclose(out);
  compare_release(&comparison);
  inventory_release(&old);
  inventory_release(&new);
  return text;
}

static void diff_has_both_figures_and_the_difference(void **state) {
  (void)state;
  struct stage stage;
  stage_begin(&stage);
  char *text = diff_of(&stage, "leak", false, COMPARE_NONE);
  assert_non_null(strstr(text, "old demo.seep: demo pid 4711, warm to after, "));
  assert_non_null(strstr(text, "grown           1,520          3,041          +1,521             10"
                               "             20             +10  leak leak:12 demo\n"));
  assert_non_null(strstr(text, "\n0 new, 0 gone, 1 grown, 0 shrunk, 1 the same\n"));
  free(text);
  text = diff_of(&stage, "leak", false, COMPARE_UNITS);
  assert_non_null(strstr(text, " per unit:\n"));
  assert_non_null(strstr(text, "152.00         304.10         +152.10"));
  free(text);
  stage_end(&stage);
}

static void diff_as_json(void **state) {
  (void)state;
  static const char *const truths[] = {
      ".seep == 1 and .normalize == \"units\" and (.sites | length) == 1",
      ".changes == {same: 1, new: 0, gone: 0, grown: 1, shrunk: 0}",
      ".old.interval | .from == \"warm\" and .to == \"after\" and .units == 10",
      ".old.trace.program == \"demo\" and .new.path == \"demo.seep\"",
      ".sites[0] | .change == \"grown\" and .function == \"leak\" and .line == 12",
      ".sites[0].old | .line == 10 and .outstanding_bytes == 1520 and .bytes == 152",
      ".sites[0].new | .line == 12 and .outstanding_blocks == 20 and .blocks == 2",
      ".sites[0].bytes_difference == 152.1 and .sites[0].blocks_difference == 1",
      ".sites[0].old.build_id == \"1234\" and .sites[0].new.build_id == \"5678\"",
  };
  struct stage stage;
  stage_begin(&stage);
  char *text = diff_of(&stage, "leak", true, COMPARE_UNITS);
  for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
    page_jq(text, truths[i]);
  free(text);
  stage_end(&stage);
}

/* What a check of one call says, over a budget of nothing. */
static char *check_of(const struct stage *stage, const char *name, bool json, uint64_t units) {
  const struct holding list[] = {stock_holding(stock_call(1, name, name, 10), 10, 1520, 10)};
  struct suppression used = {(char *)name, 3, 48}, idle = {(char *)"idle", 0, 0};
  const struct suppressions suppressions = {.list = (struct suppression[]){used, idle}, .count = 2};
  struct inventory inventory = stock_inventory(list, 1, units, 1);
  const struct budget budget = {.has = {[BUDGET_BYTES] = true}, .most = {[BUDGET_BYTES] = 12}};
  struct budget_result result;
  char *text;
  size_t bytes;
  FILE *out = open_memstream(&text, &bytes);
  assert_true(budget_check(&budget, &inventory, &result));
  const struct page_check page = {stage_side(stage, &inventory), &budget, &result, &suppressions};
  (json ? check_json : check_text)(out, &page);
  fclose(out);
  budget_release(&result);
  inventory_release(&inventory);
  return text;
}

static void check_has_a_line_per_site(void **state) {
  (void)state;
  struct stage stage;
  stage_begin(&stage);
  char *text = check_of(&stage, "leak", false, 10);
  assert_non_null(strstr(text, "\nover budget: leak leak:10 demo: 1,520 bytes in 10 blocks "
                               "(per unit: 152.00 in 1.00); at most 12 bytes\n"
                               "suppressed: leak:leak: 48 bytes in 3 blocks\n"
                               "failed: 1 of 1 sites that hold memory is over the budget\n"));
  assert_null(strstr(text, "idle"));
  free(text);
  text = check_of(&stage, "leak", false, 0);
  assert_null(strstr(text, "per unit"));
  free(text);
  stage_end(&stage);
}

static void check_as_json(void **state) {
  (void)state;
  static const char *const truths[] = {
      ".within == false and .budget == {max_bytes: 12} and .standing == 1",
      ".sites | length == 1 and .[0].function == \"leak\" and .[0].outstanding_bytes == 1520",
      ".sites[0].bytes_per_unit == 152 and .sites[0].broken == [\"max_bytes\"]",
      ".suppressed == [{pattern: \"leak\", outstanding_blocks: 3, outstanding_bytes: 48}]",
  };
  struct stage stage;
  stage_begin(&stage);
  char *text = check_of(&stage, "leak", true, 10);
  for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
    page_jq(text, truths[i]);
  free(text);
  stage_end(&stage);
}

static void hostile_names_harm_nothing(void **state) {
  (void)state;
  static char long_name[10001];
  memset(long_name, '\n', sizeof long_name - 1);
  const char *const names[] = {HOSTILE, long_name, "", NULL};
  struct stage stage;
  stage_begin(&stage);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *name = names[i] ? names[i] : "";
    char *diff = diff_of(&stage, names[i], false, COMPARE_NONE);
    char *check = check_of(&stage, name, false, 10);
    char *diff_object = diff_of(&stage, names[i], true, COMPARE_NONE);
    char *check_object = check_of(&stage, name, true, 10);
    harmless(diff);
    harmless(check);
    page_jq(diff_object, ".changes.grown + .changes.new > 0");
    page_jq(check_object, ".sites | length == 1");
    assert_true(strlen(diff) < 4000 && strlen(check) < 4000);
    free(diff);
    free(check);
    free(diff_object);
    free(check_object);
  }
  stage_end(&stage);
}

static void small_ratios_keep_their_digits(void **state) {
  (void)state;
  char text[FORMAT_BYTES];
  assert_string_equal(page_ratio(text, 0), "0.00");
  assert_string_equal(page_ratio(text, 0.00123), "0.0012");
  assert_string_equal(page_ratio(text, 1234.5), "1,234.50");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(diff_has_both_figures_and_the_difference),
      cmocka_unit_test(diff_as_json),
      cmocka_unit_test(check_has_a_line_per_site),
      cmocka_unit_test(check_as_json),
      cmocka_unit_test(hostile_names_harm_nothing),
      cmocka_unit_test(small_ratios_keep_their_digits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

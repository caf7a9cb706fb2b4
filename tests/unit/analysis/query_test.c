/* SPDX-License-Identifier: Apache-2.0
 *
 * Kinds of rows, orders, filters.
 */
#include "analysis/filter.h"
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The site functions that expression lets pass over the whole run, in order, with spaces. */
static void filter_expect(const struct scene *scene, const char *expression, const char *expected) {
  char message[200] = "", names[200] = "";
  struct analysis_filter *filter = analysis_filter_new(expression, message, sizeof message);
  if (!filter)
    fail_msg("%s: %s", expression, message);
  const struct analysis_query query = {.from = 0, .to = 3, .filter = filter};
  struct analysis_report *report = analysis_query(scene->analysis, &query);
  assert_non_null(report);
  uint64_t bytes = 0;
  for (size_t i = 0; i < report->site_count; i++) {
    if (i)
      strcat(names, " ");
    strcat(names, report->sites[i].function);
    bytes += report->sites[i].figures.outstanding_bytes;
  }
  assert_string_equal(names, expected);
  assert_int_equal(report->totals.outstanding_bytes, bytes);
  analysis_report_free(report);
  analysis_filter_free(filter);
}

static void filter_lets_rows_pass(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  filter_expect(&scene, "", "table_make session_new main");
  filter_expect(&scene, "function:session_*", "session_new");
  filter_expect(&scene, "!function:session_*", "table_make main");
  filter_expect(&scene, "file:*/table.c", "table_make");
  filter_expect(&scene, "module:demo", "table_make session_new main");
  filter_expect(&scene, "module:lib*", "");
  filter_expect(&scene, "stack:xmalloc", "session_new");
  filter_expect(&scene, "stack:main", "table_make session_new main");
  filter_expect(&scene, "thread:worker", "session_new");
  filter_expect(&scene, "thread:101", "table_make main");
  filter_expect(&scene, "TABLE", "table_make");
  filter_expect(&scene, "main.c", "main");
  filter_expect(&scene, "bytes>1k bytes<4k", "session_new");
  filter_expect(&scene, "bytes>4095", "table_make");
  filter_expect(&scene, "bytes=4k", "table_make");
  filter_expect(&scene, "blocks>1", "session_new");
  filter_expect(&scene, "!blocks>0", "main");
  filter_expect(&scene, "allocations=11", "session_new");
  filter_expect(&scene, "age>4ms", "table_make");
  filter_expect(&scene, "age<4ms blocks>0", "session_new");
  filter_expect(&scene, "\"function:table_make\" bytes>0", "table_make");
  filter_expect(&scene, "bytes>=4KiB", "table_make");
  filter_expect(&scene, "bytes<=1520B", "session_new main");
  filter_expect(&scene, "size=152", "session_new");
  filter_expect(&scene, "size>152", "table_make");
  filter_expect(&scene, "size<152", "main"); /* of what was freed, where nothing stands */
  filter_expect(&scene, "size>=152 size<=4k !function:table_*", "session_new");
  filter_expect(&scene, "allocated>1.5k", "table_make session_new");
  filter_expect(&scene, "peak<1k", "main");
  filter_expect(&scene, "threads=1 age>=4ms stack:main", "table_make");
  filter_expect(&scene, "a::b", "");
  filter_expect(&scene, "list<int>", "");
  scene_end(&scene);
}

static void filter_refuses_nonsense(void **state) {
  (void)state;
  static const char *const bad[] = {
      "bytes>",    "bytes>4x", "bytes>4iB",    "bytes>4Bi",    "blocks>1k", "age>3parsecs",
      "function:", "!",        "\"open",       "threads=many", "byte>4k",   "bytes>=",
      "func:main", "verdict:", "verdict:leek", "verdict:Leak", "bytes=>4",  "size>1m"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char message[200] = "";
    assert_null(analysis_filter_new(bad[i], message, sizeof message));
    assert_true(strlen(message) > 10);
    assert_null(strchr(message, '\n'));
  }
}

static const char *query_first(const struct scene *scene, enum analysis_sort sort) {
  const struct analysis_query query = {.from = 0, .to = 3, .sort = sort};
  struct analysis_report *report = analysis_query(scene->analysis, &query);
  const char *function = report->sites[0].function;
  analysis_report_free(report);
  return function;
}

static void query_sorts(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  assert_string_equal(query_first(&scene, ANALYSIS_SORT_OUTSTANDING), "table_make");
  assert_string_equal(query_first(&scene, ANALYSIS_SORT_BLOCKS), "session_new");
  assert_string_equal(query_first(&scene, ANALYSIS_SORT_GROWTH), "table_make");
  assert_string_equal(query_first(&scene, ANALYSIS_SORT_ALLOCATED), "table_make");
  assert_string_equal(query_first(&scene, ANALYSIS_SORT_PEAK), "table_make");
  scene_end(&scene);
}

static struct analysis_report *query_by(const struct scene *scene, enum analysis_by by) {
  const struct analysis_query query = {.from = 0, .to = 3, .by = by};
  struct analysis_report *report = analysis_query(scene->analysis, &query);
  assert_non_null(report);
  assert_int_equal(report->totals.outstanding_bytes, 4096 + 1520);
  assert_int_equal(report->totals.allocations, 13);
  return report;
}

static void query_by_module_and_function(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  struct analysis_report *report = query_by(&scene, ANALYSIS_BY_MODULE);
  assert_int_equal(report->site_count, 1);
  assert_int_equal(report->sites[0].module, 1);
  assert_int_equal(report->sites[0].figures.threads, 2);
  assert_int_equal(report->sites[0].figures.peak_bytes, 4096 + 100 + 1520 + 50);
  analysis_report_free(report);
  report = query_by(&scene, ANALYSIS_BY_FUNCTION);
  assert_int_equal(report->site_count, 3);
  assert_string_equal(report->sites[1].function, "session_new");
  assert_null(report->sites[1].file);
  analysis_report_free(report);
  scene_end(&scene);
}

/* main (all) > table_make, session_create > xmalloc, libc. */
static void query_by_tree(void **state) {
  (void)state;
  static const struct {
    uint32_t context, depth;
    uint64_t bytes, allocations;
  } rows[] = {{1, 0, 5616, 13}, {2, 1, 4096, 1}, {3, 1, 1520, 11}, {4, 2, 1520, 10}, {5, 1, 0, 1}};
  struct scene scene;
  scene_sessions(&scene);
  struct analysis_report *report = query_by(&scene, ANALYSIS_BY_TREE);
  assert_int_equal(report->site_count, 5);
  for (size_t i = 0; i < 5; i++) {
    const struct trace_context *node = &scene.trace->contexts[report->sites[i].context];
    assert_int_equal(node->offset, rows[i].context * 0x100);
    assert_int_equal(report->sites[i].depth, rows[i].depth);
    assert_int_equal(report->sites[i].figures.outstanding_bytes, rows[i].bytes);
    assert_int_equal(report->sites[i].figures.allocations, rows[i].allocations);
  }
  assert_string_equal(report->sites[2].function, "session_create");
  analysis_report_free(report);
  scene_end(&scene);
}

/* Every row of a tree over the whole run: "depth:offset:bytes", with r where it is recursive. */
static void query_expect_tree(const struct scene *scene, bool inverted, const char *expected) {
  const struct analysis_query query = {
      .to = analysis_moments(scene->analysis, &(const struct analysis_moment *){NULL}) - 1,
      .by = ANALYSIS_BY_TREE,
      .inverted = inverted};
  struct analysis_report *report = analysis_query(scene->analysis, &query);
  char rows[400] = "";
  assert_non_null(report);
  for (size_t i = 0; i < report->site_count; i++) {
    const struct analysis_site *row = &report->sites[i];
    size_t used = strlen(rows);
    snprintf(rows + used, sizeof rows - used, "%s%u:%x:%u%s", i ? " " : "", row->depth,
             (unsigned)row->offset, (unsigned)row->figures.outstanding_bytes,
             row->recursive ? "r" : "");
  }
  assert_string_equal(rows, expected);
  analysis_report_free(report);
}

static void query_inverted_tree(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  query_expect_tree(&scene, true,
                    "0:200:4096 1:100:4096 0:400:1520 1:300:1520 2:100:1520 0:500:0 1:100:0 "
                    "0:300:0 1:100:0");
  scene_end(&scene);
}

/* f at two lines, g between them; h allocates below f > g > f, i below f > g, g below all four. */
static void query_recursion(void **state) {
  (void)state;
  static const struct symbol_frame f = {.function = "f"}, g = {.function = "g"};
  struct scene scene;
  scene_begin(&scene);
  struct builder *b = scene.builder;
  fake_symbols_set(1, 0x10, &f, 1);
  fake_symbols_set(1, 0x11, &f, 1);
  fake_symbols_set(1, 0x20, &g, 1);
  builder_context(b, 1, 0, 1, 0x10, 0);
  builder_context(b, 2, 1, 1, 0x20, 0);
  builder_context(b, 3, 2, 1, 0x11, 0);
  builder_context(b, 4, 3, 1, 0x30, 0);
  builder_context(b, 5, 2, 1, 0x40, 0);
  builder_context(b, 6, 3, 1, 0x20, 0);
  builder_alloc(b, 1, 1000, 0x1000, 8, 4);
  builder_alloc(b, 1, 2000, 0x2000, 16, 5);
  builder_alloc(b, 1, 3000, 0x3000, 32, 6);
  scene_analyse(&scene, 1000000, true, NULL);
  query_expect_tree(&scene, false, "0:10:56r 1:20:48 2:40:16 1:30:8");
  query_expect_tree(&scene, true, "0:20:32r 1:10:32 0:40:16 1:20:16 2:10:16 0:30:8 1:11:8r");
  scene_end(&scene);
}

static void query_names(void **state) {
  (void)state;
  for (int i = 0; i < ANALYSIS_BY_COUNT; i++)
    assert_int_equal(analysis_by_of(analysis_by_name((enum analysis_by)i)), i);
  for (int i = 0; i < ANALYSIS_SORT_COUNT; i++)
    assert_int_equal(analysis_sort_of(analysis_sort_name((enum analysis_sort)i)), i);
  assert_int_equal(analysis_by_of("colour"), -1);
  assert_int_equal(analysis_sort_of(""), -1);
}

/* Cancelled pairs of a block that a mark lies in count where the block's middle is. */
static void query_counts_sums(void **state) {
  (void)state;
  struct scene scene;
  scene_begin(&scene);
  struct builder *b = scene.builder;
  builder_context(b, 1, 0, 1, 0x10, 0);
  builder_mark(b, SEEP_MARK_LABEL, "half", 0, 500000);
  builder_alloc(b, 1, 300000, 0x1000, 8, 1);
  builder_sum(b, 1, &(struct builder_sum){.context = 1, .pairs = 7, .bytes = 700, .temporary = 5});
  builder_peak(b, 1, 300);
  builder_alloc(b, 1, 900000, 0x2000, 8, 1);
  scene_analyse(&scene, 1000000, false, NULL);
  struct analysis_report *before = analysis_interval(scene.analysis, 0, 1);
  struct analysis_report *after = analysis_interval(scene.analysis, 1, 2);
  assert_int_equal(before->totals.allocations, 1);
  assert_int_equal(before->totals.outstanding_blocks, 1);
  assert_int_equal(after->totals.allocations, 8);
  assert_int_equal(after->totals.frees, 7);
  assert_int_equal(after->totals.freed_bytes, 700);
  assert_int_equal(after->totals.temporary_allocations, 5);
  assert_int_equal(after->totals.outstanding_blocks, 1);
  assert_int_equal(analysis_totals(scene.analysis)->peak_bytes,
                   308); /* on top of the first block */
  analysis_report_free(before);
  analysis_report_free(after);
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(filter_lets_rows_pass), cmocka_unit_test(filter_refuses_nonsense),
      cmocka_unit_test(query_sorts),           cmocka_unit_test(query_by_module_and_function),
      cmocka_unit_test(query_by_tree),         cmocka_unit_test(query_names),
      cmocka_unit_test(query_inverted_tree),   cmocka_unit_test(query_recursion),
      cmocka_unit_test(query_counts_sums),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

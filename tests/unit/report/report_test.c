/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rate.h"
#include "page.h"
#include "report/columns.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/sentence.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct analysis_query report_whole = {.from = 0, .to = 3};

/* Every field of the contract, with the scene's exact figures. */
static void report_json_keeps_the_contract(void **state) {
  (void)state;
  static const char *const truths[] = {
      ".seep == 1",
      ".trace | .program == \"demo\" and .pid == 4711 and .complete == true and .clock == \"tsc\"",
      ".trace.command == [\"demo\", \"--port\"] and .trace.start == \"2026-01-02T03:04:05Z\"",
      "(.trace.duration_s * 1e9 | round) == 4999000",
      ".totals | .allocations == 13 and .frees == 2 and .allocated_bytes == 5766",
      ".totals | .outstanding_blocks == 11 and .outstanding_bytes == 5616 and .peak_bytes == 5766",
      ".totals | .temporary_allocations == 0 and .unmatched_frees == 0 and .lost_events == 0",
      ".totals | .unrecorded_events == 0 and .truncated_stacks == 0",
      ".interval | .from == \"start\" and .to == \"end\" and .units == 10",
      "[.marks[].label] == [\"warm\", \"after\"] and .marks[1].units == 10",
      ".marks[0] | has(\"units\") | not",
      "(.marks[0].time_s * 1e9 | round) == 999000",
      "[.sites[].function] == [\"table_make\", \"session_new\", \"main\"]",
      ".sites[1] | .module == \"demo\" and .file == \"/src/demo/session.h\" and .line == 5",
      ".sites[1] | .outstanding_blocks == 10 and .outstanding_bytes == 1520",
      ".sites[1] | .allocations == 11 and .allocated_bytes == 1570 and .peak_bytes == 1570",
      ".sites[1] | .blocks_per_unit == 1 and .bytes_per_unit == 152 and .threads == 1",
      ".sites[1] | (.oldest_s * 1e9 | round) == 3000000 and (.median_age_s * 1e9 | round) == "
      "2996000",
      ".sites[2] | has(\"oldest_s\") | not",
      "[.sites[].verdict] == [\"startup\", \"leak\", \"startup\"]",
      "[.sites[] | .evidence | length > 20] | all",
      "[.sites[] | .confidence | . > 0 and . <= 1] | all",
      ".sites[1].rate | .blocks_per_unit == 1 and .bytes_per_unit == 152 and "
      "(has(\"blocks_per_unit_low\") | not)",
      ".sites[1].stacks[0] | .verdict == \"leak\" and .rate.blocks_per_unit == 1",
      ".projection | .bytes_per_hour > 0 and .limit_bytes == 8589934592 and "
      ".limit_reached_in_s > 0",
      ".sites[1].stacks | length == 2 and .[0].outstanding_blocks == 10 and .[1].allocations == 1",
      "[.sites[1].stacks[0].frames[].function] == [\"xmalloc\", \"session_new\", "
      "\"session_create\", \"main\"]",
      "[.sites[1].stacks[0].frames[].inlined] == [null, true, null, null]",
      "[.sites[1].stacks[0].frames[].offset] == [1024, 768, 768, 256]",
      ".sites[2].stacks[0].frames[0] | .module == \"libc.so.6\" and (has(\"function\") or "
      "has(\"file\") or has(\"line\") | not)",
  };
  struct scene scene;
  scene_sessions(&scene);
  char *page = page_report(&scene, true, &report_whole, 0);
  for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
    page_jq(page, truths[i]);
  free(page);
  scene_end(&scene);
}

static void report_json_of_an_interval(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  const struct analysis_query query = {.from = 0, .to = 1};
  char *page = page_report(&scene, true, &query, 1);
  page_jq(page, ".interval | has(\"units\") | not");
  page_jq(page, "(.sites | length) == 1 and .row_count == 2");
  page_jq(page, ".sites[0] | has(\"blocks_per_unit\") | not");
  free(page);
  scene_end(&scene);
}

static void report_json_by_others(void **state) {
  (void)state;
  static const struct {
    enum analysis_by by;
    const char *truth;
  } cases[] = {
      {ANALYSIS_BY_THREAD, "[.rows[] | [.thread, .tid, .allocations]] == "
                           "[[\"main\", 101, 2], [\"worker\", 102, 11]]"},
      {ANALYSIS_BY_MODULE, "[.rows[].module] == [\"demo\"] and .rows[0].threads == 2"},
      {ANALYSIS_BY_FUNCTION, "[.rows[].function] == [\"table_make\", \"session_new\", \"main\"]"},
      {ANALYSIS_BY_TREE, "[.rows[].depth] == [0, 1, 1, 2, 1] and (.rows[0] | has(\"threads\") or "
                         "has(\"peak_bytes\") or has(\"stacks\") | not)"},
  };
  struct scene scene;
  scene_sessions(&scene);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct analysis_query query = {.from = 0, .to = 3, .by = cases[i].by};
    char *page = page_report(&scene, true, &query, 0);
    page_jq(page, "has(\"sites\") | not");
    page_jq(page, cases[i].truth);
    free(page);
  }
  scene_end(&scene);
}

static void report_text_says_it_all(void **state) {
  (void)state;
  static const char *const parts[] = {
      "demo  pid 4711  ended  5.00 ms of 2026-01-02T03:04:05Z\n",
      "command: demo --port\n",
      "interval: start to end, 5.00 ms, 10 units\n",
      "  outstanding               11 blocks           5,616 bytes  (5.48 KiB)\n",
      "  peak                                          5,766 bytes  (5.63 KiB)\n",
      "table_make table.c:20 demo\n",
      "2. session_new session.h:5 demo\n   1,520 bytes in 10 blocks outstanding, allocated by 1 "
      "thread\n   oldest 3.00 ms, median age 3.00 ms\n",
      "     xmalloc x.c:3 demo\n     session_new session.h:5 demo (inlined)\n     session_create "
      "session.c:142 demo\n     main main.c:10 demo\n",
      "session_new (session.h:5) leaks 1.00 block, 152 bytes per unit: 11 blocks allocated between "
      "warm and after, 1 freed, 10 stand, exactly 1 block per unit;",
      "; 1.48 KiB in ",
      "all leaks: 1.48 KiB in ",
      "; a rate per day needs 60 s\n",
      "leak     session_new session.h:5 demo\n",
  };
  struct scene scene;
  scene_sessions(&scene);
  char *page = page_report(&scene, false, &report_whole, 0);
  assert_null(strstr(page, "\n3. ")); /* nothing of it stands: its stack says nothing */
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!strstr(page, parts[i]))
      fail_msg("\"%s\" is missing in\n%s", parts[i], page);
  assert_null(strstr(page, "warning"));
  assert_null(strstr(page, "there are no marks"));
  char *again = page_report(&scene, false, &report_whole, 0);
  assert_string_equal(page, again);
  free(page);
  free(again);
  page = page_report(&scene, false, &report_whole, 1);
  assert_non_null(strstr(page, "... and 2 more rows"));
  free(page);
  const struct analysis_query tree = {.from = 0, .to = 3, .by = ANALYSIS_BY_TREE};
  page = page_report(&scene, false, &tree, 0);
  assert_non_null(strstr(page, "   session_create session.c:142 demo > session_new\n"));
  assert_non_null(strstr(page, "     xmalloc x.c:3 demo\n"));
  free(page);
  scene_end(&scene);
}

/* Names that would take a terminal over, or end a JSON text. */
static void report_bears_hostile_names(void **state) {
  (void)state;
  char *longest = malloc(10001);
  assert_non_null(longest);
  memset(longest, 'n', 10000);
  longest[10000] = '\0';
  const struct symbol_frame frames[] = {{"evil\x1b]0;title\x07\"\\\n</script>\xff", NULL,
                                         "/src/\x1b[2J.c", 1}},
                            more[] = {{longest, NULL, longest, 2}};
  struct scene scene;
  scene_begin(&scene);
  fake_symbols_set(1, 0x10, frames, 1);
  fake_symbols_set(1, 0x20, more, 1);
  struct builder *b = scene.builder;
  builder_context(b, 1, 0, 1, 0x10, 0);
  builder_context(b, 2, 1, 1, 0x20, 0);
  builder_thread(b, 3, 103, "\x1b[31m\nthread", 1000, 0);
  builder_mark(b, SEEP_MARK_LABEL, "mark\x1b[5m\n\"", 0, 1500);
  builder_alloc(b, 1, 2000, 0x1000, 8, 1);
  builder_alloc(b, 1, 2100, 0x2000, 8, 2);
  scene_analyse(&scene, 3000, true, NULL);
  for (int by = 0; by < ANALYSIS_BY_COUNT; by++) {
    const struct analysis_query query = {.from = 1, .to = 2, .by = (enum analysis_by)by};
    char *text = page_report(&scene, false, &query, 0),
         *json = page_report(&scene, true, &query, 0);
    page_jq(json, ".interval.from == \"mark\\u001b[5m\\n\\\"\"");
    const char *at = text;
    for (uint32_t character; (character = escape_next(&at));)
      assert_true(character == '\n' || escape_harmless(character));
    at = json;
    for (uint32_t character; (character = escape_next(&at));)
      assert_true(character == '\n' || escape_harmless(character));
    free(text);
    free(json);
  }
  char *info = page_info(&scene, false), *info_page = page_info(&scene, true);
  assert_null(strchr(info, '\x1b'));
  page_jq(info_page, ".threads[2].name == \"\\u001b[31m\\nthread\"");
  free(info);
  free(info_page);
  scene_end(&scene);
  free(longest);
}

static void report_of_nothing(void **state) {
  (void)state;
  struct scene scene;
  scene_begin(&scene);
  scene_analyse(&scene, 3000, false, NULL);
  const struct analysis_query query = {.from = 0, .to = 1};
  char *text = page_report(&scene, false, &query, 0), *json = page_report(&scene, true, &query, 0);
  assert_non_null(strstr(text, "nothing was allocated or freed here"));
  page_jq(json, ".sites == [] and .totals.allocations == 0 and .marks == []");
  free(text);
  free(json);
  scene_end(&scene);
}

static void report_tells_a_full_disk(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  struct analysis_report *report = analysis_interval(scene.analysis, 0, 3);
  const struct report_request request = {.path = "demo.seep",
                                         .trace = scene.trace,
                                         .analysis = scene.analysis,
                                         .symbols = scene.symbols,
                                         .report = report,
                                         .stack_rows = 3};
  const struct info_request info = {"demo.seep", scene.trace, scene.symbols};
  FILE *full = fopen("/dev/full", "w");
  assert_non_null(full);
  setvbuf(full, NULL, _IONBF, 0);
  assert_false(report_text(full, &request));
  assert_false(report_json(full, &request));
  assert_false(info_text(full, &info));
  assert_false(info_json(full, &info));
  fclose(full);
  analysis_report_free(report);
  scene_end(&scene);
}

static void columns_are_complete(void **state) {
  (void)state;
  const struct analysis_figures figures = {.outstanding_blocks = 3,
                                           .outstanding_bytes = 2048,
                                           .peak_bytes = 4096,
                                           .oldest_stamp = 1000,
                                           .median_stamp = 2000,
                                           .threads = 2};
  struct scene scene;
  scene_sessions(&scene);
  const struct column_context context = {
      .trace = scene.trace, .end_stamp = 3001000, .units = 2, .seconds = 1800};
  static const char *const values[COLUMN_COUNT] = {[COLUMN_OUTSTANDING_BYTES] = "2.00 KiB",
                                                   [COLUMN_OUTSTANDING_EXACT] = "2,048",
                                                   [COLUMN_OUTSTANDING_BLOCKS] = "3",
                                                   [COLUMN_GROWTH_BYTES] = "0 B",
                                                   [COLUMN_ALLOCATIONS] = "0",
                                                   [COLUMN_ALLOCATED_BYTES] = "0 B",
                                                   [COLUMN_TEMPORARY] = "0",
                                                   [COLUMN_PEAK_BYTES] = "4.00 KiB",
                                                   [COLUMN_OLDEST] = "3.00 ms",
                                                   [COLUMN_MEDIAN] = "3.00 ms",
                                                   [COLUMN_THREADS] = "2",
                                                   [COLUMN_BLOCKS_PER_UNIT] = "1.50",
                                                   [COLUMN_BYTES_PER_UNIT] = "1,024.00",
                                                   [COLUMN_BLOCKS_PER_HOUR] = "6.00",
                                                   [COLUMN_BYTES_PER_HOUR] = "4.00 KiB"};
  for (int i = 0; i < COLUMN_COUNT; i++) {
    const struct column *column = &columns()[i];
    char out[FORMAT_BYTES];
    assert_true(strlen(column->title) <= (size_t)column->width && strlen(column->help) > 5);
    assert_true(column->value(out, &context, &figures));
    assert_string_equal(out, values[i]);
  }
  const struct column_context unitless = {.trace = scene.trace, .end_stamp = 3001000};
  char out[FORMAT_BYTES];
  assert_false(columns()[COLUMN_BYTES_PER_UNIT].value(out, &unitless, &figures));
  assert_false(columns()[COLUMN_BYTES_PER_HOUR].value(out, &unitless, &figures));
  const struct column_context brief = {.seconds = RATE_SPAN_SECONDS - 1};
  assert_false(columns()[COLUMN_BYTES_PER_HOUR].value(out, &brief, &figures));
  assert_false(columns()[COLUMN_BLOCKS_PER_HOUR].value(out, &brief, &figures));
  scene_end(&scene);
}

/* What was seen for a moment is not told as terabytes a day. */
static void rates_are_told_of_long_spans(void **state) {
  (void)state;
  char out[SENTENCE_BYTES];
  struct projection leaks = {.bytes_per_hour = 36e6,
                             .measured = RATE_SPAN_SECONDS - 1,
                             .limit_bytes = 8ull << 30,
                             .seconds = 3600};
  assert_string_equal(sentence_projection(out, &leaks),
                      "576 KiB in 59.0 s; a rate per day needs 60 s");
  leaks.measured = RATE_SPAN_SECONDS;
  assert_string_equal(
      sentence_projection(out, &leaks),
      "at this load 824 MiB a day; the machine's limit of 8.00 GiB is reached in 1 h "
      "00 min");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(report_json_keeps_the_contract),
      cmocka_unit_test(report_json_of_an_interval),
      cmocka_unit_test(report_json_by_others),
      cmocka_unit_test(report_text_says_it_all),
      cmocka_unit_test(report_bears_hostile_names),
      cmocka_unit_test(report_of_nothing),
      cmocka_unit_test(report_tells_a_full_disk),
      cmocka_unit_test(columns_are_complete),
      cmocka_unit_test(rates_are_told_of_long_spans),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

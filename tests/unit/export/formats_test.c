/* SPDX-License-Identifier: Apache-2.0
 *
 * The text formats, of the scene of sessions.
 */
#include "exported.h"
#include "page.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void folded_is_a_line_per_stack(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  char *text = exported(&scene, exported_folded, 0, 3, NULL);
  assert_string_equal(text, "main;table_make 4096\n"
                            "main;session_create;session_new;xmalloc 1520\n");
  free(text);
  scene_end(&scene);
}

static bool folded_allocations(FILE *out, const struct export_request *request) {
  return export_folded(out, request, EXPORT_ALLOC_OBJECTS);
}

static void folded_has_the_value_asked_for(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  char *text = exported(&scene, folded_allocations, 0, 3, NULL);
  assert_string_equal(text, "main;table_make 1\n"
                            "main;session_create;session_new;xmalloc 10\n"
                            "main;session_create;session_new 1\n"
                            "main;libc.so.6+0x500 1\n");
  free(text);
  scene_end(&scene);
}

static void json_is_the_report_and_more(void **state) {
  (void)state;
  static const char *const truths[] = {
      ".seep == 1 and (.sites | length) == 3 and .totals.allocations == 13",
      ".sites[1].stacks | length == 2",
      "[.intervals[] | [.from, .to]] == [[\"start\", \"warm\"], [\"warm\", \"after\"], [\"after\", "
      "\"end\"]]",
      ".intervals[1] | .units == 10 and (.duration_s * 1e9 | round) == 2000000",
      "[.intervals[0].sites[].allocations] | add == 2",
      ".sites[.intervals[1].sites[0].site].function == \"session_new\"",
      ".intervals[1].sites == [.intervals[1].sites[0]] and .intervals[1].sites[0].growth_bytes == "
      "1520",
      ".intervals[2].sites | length == 1 and .[0].freed_bytes == 100 and .[0].growth_blocks == -1",
      ".time_line | length > 100 and (map(.outstanding_bytes) | max) >= 5716",
      "(.time_line | last | .outstanding_blocks) <= 12",
  };
  struct scene scene;
  scene_sessions(&scene);
  char *text = exported(&scene, export_json, 0, 3, NULL);
  for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
    page_jq(text, truths[i]);
  free(text);
  scene_end(&scene);
}

static void speedscope_keeps_its_schema(void **state) {
  (void)state;
  static const char *const truths[] = {
      ".\"$schema\" == \"https://www.speedscope.app/file-format-schema.json\"",
      ".profiles | length == 4 and all(.type == \"sampled\")",
      "[.profiles[].unit] == [\"bytes\", \"none\", \"bytes\", \"none\"]",
      "all(.profiles[]; (.samples | length) == (.weights | length) and .startValue == 0)",
      "all(.profiles[]; (.weights | add) == .endValue)",
      "[.profiles[].endValue] == [5616, 11, 5766, 13]",
      ". as $all | all(.profiles[].samples[][]; . >= 0 and . < ($all.shared.frames | length))",
      ". as $all | [.profiles[0].samples[1][] | $all.shared.frames[.].name] == "
      "[\"main\", \"session_create\", \"session_new\", \"xmalloc\"]",
      "all(.shared.frames[]; .name | type == \"string\")",
      ".shared.frames[] | select(.name == \"session_create\") | .line == 142 and .file == "
      "\"/src/demo/session.c\"",
  };
  struct scene scene;
  scene_sessions(&scene);
  char *text = exported(&scene, export_speedscope, 0, 3, NULL);
  for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
    page_jq(text, truths[i]);
  free(text);
  scene_end(&scene);
}

static void massif_details_the_end_of_the_report(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  char *text = exported(&scene, export_massif, 0, 2, NULL);
  assert_int_equal(exported_count(text, "heap_tree=peak\n"), 1);
  assert_non_null(strstr(text, "cmd: demo --port\ntime_unit: ms\n"));
  assert_non_null(strstr(text, "mem_heap_B=5716\nmem_heap_extra_B=0\nmem_stacks_B=0\n"
                               "heap_tree=peak\n"
                               "n3: 5716 (heap allocation functions)"));
  assert_non_null(strstr(text, "\n n1: 4096 0x200: table_make (table.c:20)\n"
                               "  n0: 4096 0x100: main (main.c:10)\n"
                               " n1: 1520 0x400: xmalloc (x.c:3)\n"
                               "  n1: 1520 0x300: session_new (session.h:5)\n"
                               "   n1: 1520 0x300: session_create (session.c:142)\n"
                               "    n0: 1520 0x100: main (main.c:10)\n"));
  free(text);
  scene_end(&scene);
}

/* 99 blocks of one byte from as many callers, beside one of 9,901: each holds 1/10,000. */
static void massif_puts_small_children_together(void **state) {
  (void)state;
  struct scene scene;
  scene_begin(&scene);
  builder_context(scene.builder, 1, 0, 1, 0x100, 0);
  for (unsigned i = 0; i < 100; i++) {
    builder_context(scene.builder, 2 + i, 1, 1, 0x1000 + i, 0);
    builder_alloc(scene.builder, 1, 2000 + i, 0x10000 + i * 0x10000, i ? 1 : 9901, 2 + i);
  }
  scene_analyse(&scene, 9000, true, NULL);
  char *text = exported(&scene, export_massif, 0, 1, NULL);
  assert_non_null(strstr(text, "\nn2: 10000 (heap"));
  assert_non_null(strstr(text, "\n n1: 9901 0x1000: demo+0x1000 (in demo)\n"));
  assert_non_null(strstr(text, "\n n0: 99 in 99 places, all below massif's threshold (1.00%)\n"));
  free(text);
  scene_end(&scene);
}

static void html_says_what_the_report_says(void **state) {
  (void)state;
  static const char *const parts[] = {
      "<title>seep: demo</title>",
      "Between <b>warm</b> and <b>after</b>: 1.48 KiB in 10 blocks",
      ", 10 units of work.",
      "<td>1,520</td>",
      "<td>152.00</td>",
      "session_new session.h:5 demo</summary>",
      "<title>warm, ",
      "<th>verdict</th>",
      "<td class=\"verdict ",
  };
  struct scene scene;
  scene_sessions(&scene);
  char *text = exported(&scene, export_html, 1, 2, NULL);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!strstr(text, parts[i]))
      fail_msg("'%s' is missing", parts[i]);
  assert_non_null(strstr(text, "content=\"default-src 'none'; style-src 'sha256-"));
  assert_null(strstr(text, "http://"));
  assert_null(strstr(text, "https://"));
  free(text);
  scene_end(&scene);
}

static void html_without_units_has_no_columns_for_them(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  char *with = exported(&scene, export_html, 1, 2, NULL);
  char *without = exported(&scene, export_html, 0, 1, NULL);
  assert_non_null(strstr(with, ">blocks/unit</th>"));
  assert_null(strstr(without, ">blocks/unit</th>"));
  free(with);
  free(without);
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(folded_is_a_line_per_stack),
      cmocka_unit_test(folded_has_the_value_asked_for),
      cmocka_unit_test(json_is_the_report_and_more),
      cmocka_unit_test(speedscope_keeps_its_schema),
      cmocka_unit_test(massif_details_the_end_of_the_report),
      cmocka_unit_test(massif_puts_small_children_together),
      cmocka_unit_test(html_says_what_the_report_says),
      cmocka_unit_test(html_without_units_has_no_columns_for_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

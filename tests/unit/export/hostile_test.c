/* SPDX-License-Identifier: Apache-2.0
 *
 * Names that want to become something else in the format they are written into.
 */
#include "exported.h"
#include "page.h"
#include "profile.pb-c.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOSTILE_LETTERS 10000

static char hostile_long[HOSTILE_LETTERS + 1];
static const struct symbol_frame hostile_names[][1] = {
    {{"</script><img src=x onerror=alert(1)>", NULL, "/src/</style>\"'&.c", 1}},
    {{"a;b 12\nmain;c\x1b[31m 7", NULL, "x\ny", 2}},
    {{hostile_long, hostile_long, hostile_long, 3}},
    {{"\xff\xfe broken <!-- <script>\xe2\x80\xae", NULL, NULL, 0}},
    {{"", NULL, "", 0}},
};

#define HOSTILE_COUNT (sizeof hostile_names / sizeof *hostile_names)

/* A stack for each name, and one through all of them. */
static void hostile_scene(struct scene *scene) {
  memset(hostile_long, 'x', HOSTILE_LETTERS);
  scene_begin(scene);
  struct builder *b = scene->builder;
  builder_module(b, 3, "/lib/<b>\n\"';\x1b]0;t\x07", 0x2000000, "\x9a", 1);
  builder_thread(b, 3, 103, "</title>\n<script>", 1000, 0);
  for (uint32_t i = 0; i < HOSTILE_COUNT; i++) {
    fake_symbols_set(1, 0x100 + i, hostile_names[i], 1);
    builder_context(b, 1 + i, 0, 1, 0x100 + i, 0);
    builder_context(b, 101 + i, i ? 100 + i : 0, 1, 0x100 + i, 0);
    builder_alloc(b, 1, 2000 + i, 0x10000 + i * 0x10000, 100 + i, 1 + i);
  }
  builder_context(b, 200, 100 + HOSTILE_COUNT, 3, 0x500, 0);
  builder_alloc(b, 1, 3000, 0x900000, 5000, 200);
  builder_mark(b, SEEP_MARK_LABEL, "</svg><script>alert(2)</script>\n\"'", 7, 4000);
  scene_analyse(scene, 9000, true, NULL);
}

static void folded_lines_stay_lines(void **state) {
  (void)state;
  struct scene scene;
  hostile_scene(&scene);
  char *text = exported(&scene, exported_folded, 0, 2, NULL);
  assert_int_equal(exported_count(text, "\n"), HOSTILE_COUNT + 1);
  assert_non_null(strstr(text, "\na:b 12\xef\xbf\xbdmain:c\xef\xbf\xbd[31m 7 101\n"));
  assert_null(strchr(text, '\x1b'));
  assert_int_equal(exported_count(text, ";"), HOSTILE_COUNT);
  free(text);
  scene_end(&scene);
}

static void massif_lines_stay_lines(void **state) {
  (void)state;
  struct scene scene;
  hostile_scene(&scene);
  char *text = exported(&scene, export_massif, 0, 2, NULL);
  for (char *line = strstr(text, "heap_tree=peak\n"); (line = strchr(line, '\n')) && line[1];) {
    line++;
    size_t spaces = strspn(line, " ");
    if (line[0] == '#')
      break;
    assert_int_equal(line[spaces], 'n');
    assert_in_range(line[spaces + 1], '0', '9');
  }
  assert_null(strchr(text, '\x1b'));
  free(text);
  scene_end(&scene);
}

/* The JSON that stands in the page, between its script tags. */
static char *hostile_data(const char *html) {
  const char *data = strstr(html, "id=\"data\">");
  assert_non_null(data);
  data += strlen("id=\"data\">");
  return strndup(data, (size_t)(strstr(data, "</script>") - data));
}

static void html_texts_stay_texts(void **state) {
  (void)state;
  struct scene scene;
  hostile_scene(&scene);
  char *text = exported(&scene, export_html, 0, 2, NULL);
  assert_int_equal(exported_count(text, "<script"), 2);
  assert_int_equal(exported_count(text, "</script>"), 2);
  assert_int_equal(exported_count(text, "</style>"), 1);
  assert_int_equal(exported_count(text, "</svg>"), 1);
  assert_int_equal(exported_count(text, "<title>seep"), 1);
  assert_null(strstr(text, "<img"));
  assert_null(strstr(text, "<!--"));
  assert_null(strstr(text, "<b>\xef\xbf\xbd"));
  assert_null(strchr(text, '\x1b'));
  char *data = hostile_data(text);
  page_jq(data, ".texts | index(\"</script><img src=x onerror=alert(1)>\") != null");
  page_jq(data, ".texts | map(length) | max == 10000");
  page_jq(data, "(.parents | length) == (.labels | length)");
  page_jq(data, ".values[0].of[0] == 5510");
  free(data);
  free(text);
  scene_end(&scene);
}

static void json_and_speedscope_stay_json(void **state) {
  (void)state;
  struct scene scene;
  hostile_scene(&scene);
  char *json = exported(&scene, export_json, 0, 2, NULL);
  char *speedscope = exported(&scene, export_speedscope, 0, 2, NULL);
  page_jq(json, "[.sites[].outstanding_bytes] | add == 5510");
  page_jq(json, ".marks[0].label == \"</svg><script>alert(2)</script>\\n\\\"'\"");
  page_jq(speedscope,
          ".shared.frames | map(.name) | index(\"</script><img src=x onerror=alert(1)>\")"
          " != null");
  page_jq(speedscope, "[.shared.frames[].name | length] | max == 10000");
  free(json);
  free(speedscope);
  scene_end(&scene);
}

static void pprof_keeps_whole_names(void **state) {
  (void)state;
  struct scene scene;
  hostile_scene(&scene);
  size_t bytes, longest = 0;
  char *text = exported(&scene, export_pprof, 0, 2, &bytes);
  Pprof__Profile *profile = pprof__profile__unpack(NULL, bytes, (const uint8_t *)text);
  assert_non_null(profile);
  for (size_t i = 0; i < profile->n_string_table; i++) {
    const char *entry = profile->string_table[i];
    longest = strlen(entry) > longest ? strlen(entry) : longest;
    assert_null(strpbrk(entry, "\x1b\n"));
  }
  assert_int_equal(longest, HOSTILE_LETTERS);
  pprof__profile__free_unpacked(profile, NULL);
  free(text);
  scene_end(&scene);
}

/* No symbols, and a stack that nothing is known of. */
static void every_format_bears_a_trace_without_stacks(void **state) {
  (void)state;
  exported_format *const formats[] = {export_pprof, exported_folded,   export_json,
                                      export_html,  export_speedscope, export_massif};
  struct scene scene;
  scene_begin(&scene);
  builder_alloc(scene.builder, 1, 2000, 0x10000, 64, 0);
  scene_analyse(&scene, 9000, false, NULL);
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    size_t bytes;
    char *text = exported(&scene, formats[i], 0, 1, &bytes);
    if (i != 2) /* JSON has a stack of no frames */
      assert_non_null(memmem(text, bytes, "(no stack)", 10));
    free(text);
  }
  scene_end(&scene);
}

static void every_format_bears_an_empty_trace(void **state) {
  (void)state;
  exported_format *const formats[] = {export_pprof, export_json, export_html, export_speedscope,
                                      export_massif};
  struct scene scene;
  scene_begin(&scene);
  scene_analyse(&scene, 9000, true, NULL);
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    size_t bytes;
    free(exported(&scene, formats[i], 0, 1, &bytes));
    assert_true(bytes > 0);
  }
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(folded_lines_stay_lines),
      cmocka_unit_test(massif_lines_stay_lines),
      cmocka_unit_test(html_texts_stay_texts),
      cmocka_unit_test(json_and_speedscope_stay_json),
      cmocka_unit_test(pprof_keeps_whole_names),
      cmocka_unit_test(every_format_bears_a_trace_without_stacks),
      cmocka_unit_test(every_format_bears_an_empty_trace),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Three marks, two of one name, one called like the end; a pause between; two times asked for. */
static void moments_scene(struct scene *scene) {
  static const char *const times[] = {"+2s", "@2026-01-02T03:04:09.5Z"};
  scene_begin(scene);
  struct builder *b = scene->builder;
  builder_context(b, 1, 0, 1, 0x10, 0);
  builder_alloc(b, 1, 1500, 0x1000, 8, 1);
  builder_mark(b, SEEP_MARK_LABEL, "a", 3, 1000000000);
  builder_mark(b, SEEP_MARK_PAUSE, "", 0, 1500000000);
  builder_mark(b, SEEP_MARK_LABEL, "end", 0, 3000000000);
  builder_mark(b, SEEP_MARK_LABEL, "a", 4, 4000000000);
  scene_analyse(scene, 6000000000, false,
                &(struct analysis_options){.times = times, .time_count = 2});
}

static void moments_are_in_order(void **state) {
  (void)state;
  static const char *const labels[] = {"start", "a", "+2s", "end", "a", "@2026-01-02T03:04:09.5Z",
                                       "end"};
  struct scene scene;
  moments_scene(&scene);
  const struct analysis_moment *moments;
  assert_int_equal(analysis_moments(scene.analysis, &moments), 7);
  for (size_t i = 0; i < 7; i++) {
    assert_string_equal(moments[i].label, labels[i]);
    if (i)
      assert_true(moments[i].stamp >= moments[i - 1].stamp);
  }
  assert_int_equal(moments[2].stamp, 2000001000);
  assert_int_equal(moments[4].mark, 3);
  assert_int_equal(moments[4].units, 4);
  struct analysis_report *report = analysis_interval(scene.analysis, 0, 6);
  assert_int_equal(report->units, 7);
  analysis_report_free(report);
  scene_end(&scene);
}

static void moments_are_found(void **state) {
  (void)state;
  static const struct {
    const char *text;
    long moment;
  } cases[] = {{"start", 0},
               {"end", 6},
               {"a", 4},
               {"#1", 1},
               {"#2", 3},
               {"#3", 4},
               {"#4", -1},
               {"#0", -1},
               {"#x", -1},
               {"+2s", 2},
               {"+0s", 0},
               {"+3500ms", 3},
               {"+1h", 6},
               {"b", -1},
               {"", -1},
               {"+x", -1},
               {"+-3s", -1},
               {"+nan", -1},
               {"@2026-01-02T03:04:06.5Z", 1},
               {"@2020-01-01T00:00:00Z", 0},
               {"@yesterday", -1},
               {"@2026-01-02T03:04:06", -1}};
  struct scene scene;
  moments_scene(&scene);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(analysis_find_moment(scene.analysis, cases[i].text), cases[i].moment);
  scene_end(&scene);
}

static void moments_refuse_a_bad_time(void **state) {
  (void)state;
  static const char *const times[] = {"+soon"};
  struct scene scene;
  moments_scene(&scene);
  struct analysis *analysis;
  struct trace_error error = {0};
  const struct analysis_options options = {.times = times, .time_count = 1};
  assert_int_equal(analysis_new(scene.trace, NULL, &options, &analysis, &error), TRACE_READ);
  assert_null(analysis);
  assert_non_null(strstr(error.detail, "+soon"));
  scene_end(&scene);
}

static bool moments_stop(void *data, double share) {
  (void)data;
  return share < 0;
}

static void moments_stop_on_request(void **state) {
  (void)state;
  struct scene scene;
  moments_scene(&scene);
  struct analysis *analysis;
  struct trace_error error = {0};
  const struct analysis_options options = {.progress = moments_stop};
  assert_int_equal(analysis_new(scene.trace, NULL, &options, &analysis, &error), TRACE_STOPPED);
  assert_null(analysis);
  assert_int_equal(error.status, TRACE_STOPPED);
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(moments_are_in_order),
      cmocka_unit_test(moments_are_found),
      cmocka_unit_test(moments_refuse_a_bad_time),
      cmocka_unit_test(moments_stop_on_request),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

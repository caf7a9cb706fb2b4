/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "analysis/freed_by.h"
#include "analysis/releases.h"
#include "scene.h"
#include <cmocka.h>
#include <string.h>

static const struct symbol_frame make[] = {{"thing_make", NULL, "/src/thing.c", 10}};
static const struct symbol_frame drop[] = {{"thing_drop", NULL, "/src/thing.c", 20}};
static const struct symbol_frame wrapped[] = {{"xfree", NULL, "/src/x.c", 3}};
static const struct symbol_frame quit[] = {{"thing_quit", NULL, "/src/thing.c", 30}};

/* Contexts: 1 makes, 2 drops, 3 quits by 4, a wrapper of free. */
static void begin(struct scene *scene) {
  scene_begin(scene);
  fake_symbols_set(1, 0x100, make, 1);
  fake_symbols_set(1, 0x200, drop, 1);
  fake_symbols_set(1, 0x300, quit, 1);
  fake_symbols_set(1, 0x400, wrapped, 1);
  builder_context(scene->builder, 1, 0, 1, 0x100, 0);
  builder_context(scene->builder, 2, 0, 1, 0x200, SEEP_CONTEXT_FREES);
  builder_context(scene->builder, 3, 0, 1, 0x300, 0);
  builder_context(scene->builder, 4, 3, 1, 0x400, SEEP_CONTEXT_FREES);
}

static struct freed_by *freed_by(const struct scene *scene) {
  struct analysis_report *report = analysis_interval(scene->analysis, 0, 1);
  assert_non_null(report);
  assert_int_equal(report->site_count, 1);
  struct freed_by *freed = freed_by_of_row(scene->analysis, &report->sites[0]);
  assert_non_null(freed);
  analysis_report_free(report);
  return freed;
}

static void test_calls_come_by_what_their_samples_stand_for(void **state) {
  (void)state;
  struct scene scene;
  begin(&scene);
  for (unsigned i = 0; i < 5; i++)
    builder_alloc(scene.builder, 1, 2000 + i, 0x1000 + i * 0x40, 8, 1);
  for (unsigned i = 0; i < 3; i++)
    builder_sampled_free(scene.builder, 1, 3000 + i, 0x1000 + i * 0x40, 10, 2);
  builder_sampled_free(scene.builder, 2, 12003, 0x10c0, 70, 4); /* another thread */
  builder_free(scene.builder, 1, 13000, 0x1100);
  scene_analyse(&scene, 20000, true, NULL);
  struct freed_by *freed = freed_by(&scene);
  assert_int_equal(freed->samples, 4);
  assert_int_equal(freed->count, 2);
  assert_string_equal(freed->calls[0].function, "thing_quit"); /* not its wrapper */
  assert_int_equal(freed->calls[0].samples, 1);
  assert_true(freed->calls[0].share > 0.69 && freed->calls[0].share < 0.71);
  assert_string_equal(freed->calls[1].function, "thing_drop");
  assert_int_equal(freed->calls[1].samples, 3);
  double ticks = scene.trace->process.ticks_per_second;
  double young = freed->calls[1].ages.median * ticks, old = freed->ages.median * ticks;
  assert_true(young > 1000 * 0.93 && young < 1000 * 1.07);
  assert_true(old > 10000 * 0.93 && old < 10000 * 1.07);
  freed_by_free(freed);
  scene_end(&scene);
}

static void test_a_realloc_is_a_call_of_its_own(void **state) {
  (void)state;
  struct scene scene;
  begin(&scene);
  builder_alloc(scene.builder, 1, 2000, 0x1000, 8, 1);
  builder_alloc(scene.builder, 1, 2001, 0x1040, 8, 1);
  builder_event(scene.builder, 1,
                &(struct builder_event){.kind = SEEP_KIND_SAMPLED,
                                        .flags = SEEP_EVENT_REALLOC,
                                        .stamp = 2100,
                                        .address = 0x1000,
                                        .size = 1,
                                        .context = 2});
  builder_sampled_free(scene.builder, 1, 2200, 0x1040, 1, 2);
  scene_analyse(&scene, 5000, true, NULL);
  struct freed_by *freed = freed_by(&scene);
  assert_int_equal(freed->count, 2);
  assert_true(freed->calls[0].resized != freed->calls[1].resized);
  freed_by_free(freed);
  scene_end(&scene);
}

static void test_without_samples_nothing_is_known(void **state) {
  (void)state;
  struct scene scene;
  begin(&scene);
  builder_alloc(scene.builder, 1, 2000, 0x1000, 8, 1);
  builder_free(scene.builder, 1, 2100, 0x1000);
  scene_analyse(&scene, 5000, true, NULL);
  struct freed_by *freed = freed_by(&scene);
  assert_int_equal(freed->samples, 0);
  assert_int_equal(freed->count, 0);
  freed_by_free(freed);
  scene_end(&scene);
}

static void test_frees_of_unknown_blocks_are_counted(void **state) {
  (void)state;
  struct scene scene;
  begin(&scene);
  builder_alloc(scene.builder, 1, 2000, 0x1000, 8, 1);
  builder_sampled_free(scene.builder, 1, 2100, 0x9000, 5, 2);
  builder_sampled_free(scene.builder, 1, 2200, 0x1000, 5, 2);
  scene_analyse(&scene, 5000, true, NULL);
  struct freed_totals totals = freed_totals_of(scene.analysis);
  assert_int_equal(totals.samples, 2);
  assert_int_equal(totals.unmatched, 1);
  assert_int_equal(totals.left_out, 0);
  scene_end(&scene);
}

static void test_ages_keep_three_bits_behind_their_first(void **state) {
  (void)state;
  struct releases releases;
  releases_init(&releases);
  for (uint64_t age = 1; age && age < UINT64_MAX / 3; age = age * 3 / 2 + 1) {
    struct trace_event event = {.context = 1, .weight = 1};
    assert_true(releases_add(&releases, 1, age, &event));
    uint64_t middle = releases_age(releases.list[releases.count - 1].age);
    assert_in_range(middle, age - age / 8, age + age / 8);
  }
  releases_release(&releases);
}

static void test_room_is_bounded(void **state) {
  (void)state;
  struct releases releases;
  releases_init(&releases);
  releases.limit = 100;
  struct trace_event event = {.weight = 1};
  for (event.context = 0; event.context < 1000; event.context++)
    assert_true(releases_add(&releases, 1, 5, &event));
  assert_int_equal(releases.count, 100);
  assert_int_equal(releases.left_out, 900);
  assert_int_equal(releases.samples, 1000);
  releases_release(&releases);
  releases_init(&releases); /* equal ones need room for one */
  releases.limit = 100;
  event.context = 7;
  for (int i = 0; i < 1000; i++)
    assert_true(releases_add(&releases, 1, 5, &event));
  assert_in_range(releases.count, 1, 100);
  assert_int_equal(releases.left_out, 0);
  releases_release(&releases);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_calls_come_by_what_their_samples_stand_for),
      cmocka_unit_test(test_a_realloc_is_a_call_of_its_own),
      cmocka_unit_test(test_without_samples_nothing_is_known),
      cmocka_unit_test(test_frees_of_unknown_blocks_are_counted),
      cmocka_unit_test(test_ages_keep_three_bits_behind_their_first),
      cmocka_unit_test(test_room_is_bounded),
  };
  return cmocka_run_group_tests_name("analysis.freed", tests, NULL, NULL);
}

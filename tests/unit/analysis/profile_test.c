/* SPDX-License-Identifier: Apache-2.0
 *
 * All about the blocks of one row.
 */
#include "analysis/profile.h"
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The profile of the row whose function is named (by tree: whose depth and name fit). */
static struct profile *profile_of(const struct scene *scene, const struct analysis_query *query,
                                  const char *function) {
  struct analysis_report *report = analysis_query(scene->analysis, query);
  struct profile *profile = NULL;
  assert_non_null(report);
  for (size_t i = 0; i < report->site_count && !profile; i++)
    if (report->sites[i].function && strcmp(report->sites[i].function, function) == 0)
      profile = profile_of_row(scene->analysis, query, &report->sites[i]);
  assert_non_null(profile);
  analysis_report_free(report);
  return profile;
}

static uint64_t sum(const uint64_t *bands, size_t count) {
  uint64_t all = 0;
  for (size_t i = 0; i < count; i++)
    all += bands[i];
  return all;
}

/* Of session_new ten blocks of 152 bytes stand, one of 50 was freed 100,000 ticks later. */
static void a_site_has_sizes_ages_and_lifetimes(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  struct analysis_query query = {.from = 0, .to = 3};
  struct profile *profile = profile_of(&scene, &query, "session_new");
  assert_true(profile->has_freed);
  assert_int_equal(profile->standing[8], 10); /* 128 to 255 */
  assert_int_equal(sum(profile->standing, PROFILE_SIZES), 10);
  assert_int_equal(profile->freed[6], 1); /* 32 to 63 */
  assert_int_equal(sum(profile->freed, PROFILE_SIZES), 1);
  assert_int_equal(profile->lifetimes[6], 1); /* 32,768 to 262,143 ticks */
  assert_int_equal(sum(profile->lifetimes, PROFILE_TIMES), 1);
  assert_int_equal(sum(profile->ages, PROFILE_TIMES), 10);
  profile_free(profile);
  scene_end(&scene);
}

static void periods_add_up(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  struct analysis_query query = {.from = 0, .to = 3};
  struct profile *profile = profile_of(&scene, &query, "session_new");
  uint64_t born = 0, freed = 0, kept = 0;
  for (size_t i = 0; i < profile->period_count; i++) {
    const struct profile_period *period = &profile->periods[i];
    born += period->born;
    freed += period->freed;
    kept += period->kept;
    assert_true(period->from < period->to);
    assert_int_equal(period->stands, (int64_t)(born - freed));
  }
  assert_int_equal(born, 11);
  assert_int_equal(freed, 1);
  assert_int_equal(kept, 10);
  assert_int_equal(profile->periods[profile->period_count - 1].stands_bytes, 1520);
  profile_free(profile);
  scene_end(&scene);
}

static void examples_are_the_oldest(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  struct analysis_query query = {.from = 1, .to = 2};
  struct profile *profile = profile_of(&scene, &query, "session_new");
  assert_int_equal(profile->example_count, 4);
  for (size_t i = 0; i < profile->example_count; i++) {
    assert_int_equal(profile->examples[i].address, 0x30000 + i * 0x100);
    assert_int_equal(profile->examples[i].size, 152);
    assert_int_equal(profile->examples[i].stamp, 2000000 + i * 1000);
  }
  profile_free(profile);
  scene_end(&scene);
}

/* What was allocated before the interval is not in it. */
static void an_interval_leaves_out_what_came_before(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  struct analysis_query query = {.from = 2, .to = 3};
  struct profile *profile = profile_of(&scene, &(struct analysis_query){.to = 3}, "table_make");
  assert_int_equal(sum(profile->standing, PROFILE_SIZES), 1);
  profile_free(profile);
  struct analysis_site row = {.group = 0};
  struct analysis_report *report =
      analysis_query(scene.analysis, &(struct analysis_query){.to = 3});
  row = report->sites[0];
  analysis_report_free(report);
  profile = profile_of_row(scene.analysis, &query, &row);
  assert_int_equal(sum(profile->standing, PROFILE_SIZES), 0);
  assert_int_equal(profile->example_count, 0);
  profile_free(profile);
  scene_end(&scene);
}

/* A node of the tree has all that was allocated below it; what was freed is known of sites only. */
static void a_path_has_all_below_it(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  struct analysis_query query = {.to = 3, .by = ANALYSIS_BY_TREE};
  struct profile *profile = profile_of(&scene, &query, "main");
  assert_int_equal(sum(profile->standing, PROFILE_SIZES), 11);
  assert_false(profile->has_freed);
  assert_int_equal(sum(profile->lifetimes, PROFILE_TIMES), 0);
  assert_int_equal(profile->example_count, 5);
  profile_free(profile);
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_site_has_sizes_ages_and_lifetimes),
      cmocka_unit_test(periods_add_up),
      cmocka_unit_test(examples_are_the_oldest),
      cmocka_unit_test(an_interval_leaves_out_what_came_before),
      cmocka_unit_test(a_path_has_all_below_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

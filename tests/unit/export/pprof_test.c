/* SPDX-License-Identifier: Apache-2.0
 *
 * Profiles, read back with the code that protoc-c makes.
 */
#include "exported.h"
#include "profile.pb-c.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static Pprof__Profile *pprof_read(const struct scene *scene, size_t from, size_t to) {
  size_t bytes;
  char *text = exported(scene, export_pprof, from, to, &bytes);
  Pprof__Profile *profile = pprof__profile__unpack(NULL, bytes, (const uint8_t *)text);
  free(text);
  assert_non_null(profile);
  return profile;
}

static const char *pprof_text(const Pprof__Profile *profile, int64_t number) {
  assert_in_range(number, 0, profile->n_string_table - 1);
  return profile->string_table[number];
}

static int64_t pprof_sum(const Pprof__Profile *profile, size_t value) {
  int64_t sum = 0;
  for (size_t i = 0; i < profile->n_sample; i++)
    sum += profile->sample[i]->value[value];
  return sum;
}

/* The location or function of an id: they stand in the order of their ids. */
static const Pprof__Location *pprof_location(const Pprof__Profile *profile, uint64_t id) {
  assert_in_range(id, 1, profile->n_location);
  assert_int_equal(profile->location[id - 1]->id, id);
  return profile->location[id - 1];
}

static const char *pprof_function(const Pprof__Profile *profile, const Pprof__Line *line) {
  assert_in_range(line->function_id, 1, profile->n_function);
  for (size_t i = 0; i < profile->n_function; i++)
    if (profile->function[i]->id == line->function_id)
      return pprof_text(profile, profile->function[i]->name);
  fail_msg("no function %llu", (unsigned long long)line->function_id);
  return NULL;
}

static void pprof_has_the_four_values(void **state) {
  (void)state;
  static const char *const types[] = {"alloc_objects", "alloc_space", "inuse_objects",
                                      "inuse_space"};
  static const char *const units[] = {"count", "bytes", "count", "bytes"};
  static const int64_t sums[] = {13, 5766, 11, 5616};
  struct scene scene;
  scene_sessions(&scene);
  Pprof__Profile *profile = pprof_read(&scene, 0, 3);
  assert_int_equal(profile->n_sample_type, 4);
  for (size_t i = 0; i < 4; i++) {
    assert_string_equal(pprof_text(profile, profile->sample_type[i]->type), types[i]);
    assert_string_equal(pprof_text(profile, profile->sample_type[i]->unit), units[i]);
    assert_int_equal(pprof_sum(profile, i), sums[i]);
  }
  assert_string_equal(pprof_text(profile, profile->default_sample_type), "inuse_space");
  assert_string_equal(profile->string_table[0], "");
  assert_int_equal(profile->time_nanos, BUILDER_START_REALTIME_NS);
  pprof__profile__free_unpacked(profile, NULL);
  scene_end(&scene);
}

static void pprof_is_about_the_interval(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  Pprof__Profile *profile = pprof_read(&scene, 1, 2);
  assert_int_equal(pprof_sum(profile, 0), 11);
  assert_int_equal(pprof_sum(profile, 3), 1520);
  assert_int_equal(profile->duration_nanos, 2000000);
  pprof__profile__free_unpacked(profile, NULL);
  scene_end(&scene);
}

static void pprof_names_modules_by_build_id(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  Pprof__Profile *profile = pprof_read(&scene, 0, 3);
  assert_int_equal(profile->n_mapping, 2);
  assert_int_equal(profile->mapping[0]->id, 1);
  assert_string_equal(pprof_text(profile, profile->mapping[0]->filename), "/usr/bin/demo");
  assert_string_equal(pprof_text(profile, profile->mapping[0]->build_id), "1234");
  assert_string_equal(pprof_text(profile, profile->mapping[1]->build_id), "5678");
  for (size_t i = 0; i < profile->n_location; i++) {
    const Pprof__Mapping *mapping = profile->mapping[profile->location[i]->mapping_id - 1];
    assert_in_range(mapping->id, 1, 2);
  }
  /* The fake symbols know where the code of the first stands, and nothing of the second. */
  assert_int_equal(profile->mapping[0]->memory_start, 0x1000);
  assert_int_equal(profile->mapping[0]->memory_limit, 0x2000);
  assert_int_equal(profile->mapping[0]->file_offset, 0x40);
  assert_int_equal(profile->mapping[1]->memory_start, scene.trace->modules[2].start);
  assert_int_equal(profile->mapping[1]->memory_limit, scene.trace->modules[2].stop);
  pprof__profile__free_unpacked(profile, NULL);
  scene_end(&scene);
}

/* xmalloc, called by session_create with session_new inlined, called by main. */
static void pprof_inlined_functions_are_lines_of_their_address(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  Pprof__Profile *profile = pprof_read(&scene, 1, 2);
  const Pprof__Sample *sample = NULL;
  for (size_t i = 0; i < profile->n_sample; i++)
    if (profile->sample[i]->value[3] == 1520)
      sample = profile->sample[i];
  assert_non_null(sample);
  assert_int_equal(sample->n_location_id, 3);
  const Pprof__Location *inner = pprof_location(profile, sample->location_id[0]);
  const Pprof__Location *create = pprof_location(profile, sample->location_id[1]);
  const Pprof__Location *outer = pprof_location(profile, sample->location_id[2]);
  assert_int_equal(inner->n_line, 1);
  assert_string_equal(pprof_function(profile, inner->line[0]), "xmalloc");
  assert_int_equal(create->n_line, 2);
  assert_string_equal(pprof_function(profile, create->line[0]), "session_new");
  assert_int_equal(create->line[0]->line, 5);
  assert_string_equal(pprof_function(profile, create->line[1]), "session_create");
  assert_int_equal(create->line[1]->line, 142);
  assert_int_equal(create->address, 0x300 - 1); /* inside the call */
  assert_string_equal(pprof_function(profile, outer->line[0]), "main");
  pprof__profile__free_unpacked(profile, NULL);
  scene_end(&scene);
}

static void pprof_twice_is_the_same_bytes(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  size_t first_bytes, second_bytes;
  char *first = exported(&scene, export_pprof, 0, 3, &first_bytes);
  char *second = exported(&scene, export_pprof, 0, 3, &second_bytes);
  assert_int_equal(first_bytes, second_bytes);
  assert_memory_equal(first, second, first_bytes);
  free(first);
  free(second);
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pprof_has_the_four_values),
      cmocka_unit_test(pprof_is_about_the_interval),
      cmocka_unit_test(pprof_names_modules_by_build_id),
      cmocka_unit_test(pprof_inlined_functions_are_lines_of_their_address),
      cmocka_unit_test(pprof_twice_is_the_same_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Resident memory in words and in JSON.
 */
#include "page.h"
#include "report/resident.h"
#include <seep/resident.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAP 0x5000000u
#define MIB (1024u * 1024u)
#define SECOND 1000000000ull

/* MiB by part, in the order of enum seep_resident_part. */
static void read_at(struct scene *scene, uint64_t stamp, const unsigned mib[SEEP_RESIDENT_PARTS]) {
  struct seep_resident found = {
      .heap_start = HEAP, .heap_stop = HEAP + 1000u * MIB, .mapping_count = 1234};
  for (int part = 0; part < SEEP_RESIDENT_PARTS; part++)
    found.parts[part] = (uint64_t)mib[part] * MIB;
  builder_resident(scene->builder, stamp, &found);
}

/* Blocks of a MiB less a header: so many chunks of a MiB. */
static void allocate(struct scene *scene, uint64_t stamp, unsigned first, unsigned count) {
  for (unsigned i = first; i < first + count; i++)
    builder_alloc(scene->builder, 1, stamp + i, HEAP + i * MIB + 16, MIB - 8, 1);
}

static void begin(struct scene *scene) {
  scene_begin(scene);
  builder_context(scene->builder, 1, 0, 1, 0x10, 0);
}

static void expect_growth(const struct scene *scene, size_t from, size_t to, const char *expected) {
  char sentence[RESIDENT_SENTENCE_BYTES];
  resident_growth_sentence(sentence, scene->trace, scene->analysis, from, to);
  assert_string_equal(sentence, expected);
}

static void expect_state(const struct scene *scene, size_t from, size_t to, const char *expected) {
  char sentence[RESIDENT_SENTENCE_BYTES];
  assert_true(resident_state_sentence(sentence, scene->trace, scene->analysis, from, to));
  assert_string_equal(sentence, expected);
}

/* From start to warm it grows, then blocks fill what was free, and it shrinks in the end. */
static void grow_and_shrink(struct scene *scene) {
  begin(scene);
  read_at(scene, 1000, (unsigned[]){0, 0, 1, 10, 0, 0, 2, 0});
  allocate(scene, 2000, 0, 380);
  builder_mark(scene->builder, SEEP_MARK_LABEL, "warm", 0, SECOND);
  read_at(scene, SECOND + 10, (unsigned[]){400, 0, 7, 12, 6, 0, 2, 0});
  allocate(scene, SECOND + 2000, 380, 20);
  builder_mark(scene->builder, SEEP_MARK_LABEL, "full\x1b[1m", 0, 2 * SECOND);
  read_at(scene, 2 * SECOND + 10, (unsigned[]){400, 0, 7, 12, 6, 0, 2, 0});
  for (unsigned i = 0; i < 100; i++)
    builder_free(scene->builder, 1, 2 * SECOND + 1000 + i, HEAP + i * MIB + 16);
  read_at(scene, 3 * SECOND, (unsigned[]){310, 0, 7, 12, 6, 0, 2, 0});
  scene_analyse(scene, 3 * SECOND + 1000, false, NULL);
}

static void growth_is_divided_in_words(void **state) {
  (void)state;
  struct scene scene;
  grow_and_shrink(&scene);
  expect_growth(&scene, 0, 1,
                "resident memory grew 414 MiB: 380 MiB (92 %) are recorded blocks, 20.0 MiB the "
                "allocator's headers and free memory, 6.00 MiB stacks, 6.00 MiB mapped files");
  expect_state(&scene, 0, 1,
               "at warm it was 427 MiB: 380 MiB (89 %) recorded blocks, 20.0 MiB the allocator's "
               "headers and free memory, 7.00 MiB stacks, 12.0 MiB program and libraries, 6.00 MiB "
               "mapped files");
  expect_growth(&scene, 1, 2,
                "resident memory did not change: +20.0 MiB recorded blocks, -20.0 MiB the "
                "allocator's headers and free memory");
  expect_growth(&scene, 2, 3,
                "resident memory shrank 90.0 MiB: -100 MiB recorded blocks, +10.0 MiB the "
                "allocator's headers and free memory");
  scene_end(&scene);
}

static void labels_are_harmless(void **state) {
  (void)state;
  struct scene scene;
  char sentence[RESIDENT_SENTENCE_BYTES];
  grow_and_shrink(&scene);
  assert_true(resident_state_sentence(sentence, scene.trace, scene.analysis, 0, 2));
  assert_null(strchr(sentence, '\x1b'));
  assert_non_null(strstr(sentence, "at full\uFFFD[1m it was "));
  scene_end(&scene);
}

static void what_is_not_touched_is_said(void **state) {
  (void)state;
  struct scene scene;
  begin(&scene);
  read_at(&scene, 1000, (unsigned[]){1, 0, 1, 10, 0, 0, 2, 0});
  allocate(&scene, 2000, 0, 111);
  read_at(&scene, SECOND, (unsigned[]){11, 0, 1, 10, 0, 0, 2, 0});
  scene_analyse(&scene, SECOND + 1000, false, NULL);
  expect_growth(&scene, 0, 1,
                "resident memory grew 10.0 MiB: +111 MiB recorded blocks, -100 MiB of them not "
                "touched yet");
  scene_end(&scene);
}

/* Of a process that was attached to, what stood before looks like the allocator's. */
static void what_was_not_recorded_is_said(void **state) {
  (void)state;
  struct scene scene;
  begin(&scene);
  read_at(&scene, 1000, (unsigned[]){1, 0, 1, 10, 0, 0, 2, 0});
  read_at(&scene, SECOND, (unsigned[]){11, 0, 1, 10, 0, 0, 2, 0});
  builder_state(scene.builder, SECOND + 10, &(struct builder_state){.unrecorded_events = 5});
  scene_analyse(&scene, SECOND + 1000, false, NULL);
  expect_growth(&scene, 0, 1,
                "resident memory grew 10.0 MiB: 0 B (0 %) are recorded blocks, 10.0 MiB the "
                "allocator's headers, free memory and blocks that were not recorded");
  scene_end(&scene);
}

static void a_reading_that_is_late_is_said_to_be(void **state) {
  (void)state;
  struct scene scene;
  begin(&scene);
  builder_mark(scene.builder, SEEP_MARK_LABEL, "warm", 0, SECOND);
  read_at(&scene, 2 * SECOND, (unsigned[]){1, 0, 1, 10, 0, 0, 2, 0});
  allocate(&scene, 3 * SECOND, 0, 10);
  read_at(&scene, 7 * SECOND, (unsigned[]){11, 0, 1, 10, 0, 0, 2, 0});
  scene_analyse(&scene, 10 * SECOND, false, NULL);
  expect_growth(&scene, 1, 2,
                "resident memory grew 10.0 MiB: 10.0 MiB (100 %) are recorded blocks (read 1.00 s "
                "after warm, 3.00 s before end)");
  scene_end(&scene);
}

static void what_is_not_known_is_said_with_the_reason(void **state) {
  (void)state;
  struct scene scene;
  begin(&scene);
  scene_analyse(&scene, SECOND, false, NULL);
  expect_growth(&scene, 0, 1,
                "how resident memory grew is not known: this trace has no reading of it (an older "
                "recorder, /proc was not there, or reading it would have held the program up; seep "
                "mark reads it from outside)");
  scene_end(&scene);
  begin(&scene);
  builder_rss(scene.builder, 10240); /* of one alone nobody knows whether it changed */
  builder_state(scene.builder, SECOND / 2, &(struct builder_state){0});
  builder_rss(scene.builder, 0);
  read_at(&scene, 500 * MIB, (unsigned[]){1, 0, 1, 10, 0, 0, 2, 0});
  scene_analyse(&scene, SECOND, false, NULL);
  expect_growth(
      &scene, 0, 1,
      "how resident memory grew is not known: it was read only once, at +524 ms (seep mark "
      "reads it)");
  scene_end(&scene);
  begin(&scene);
  builder_rss(scene.builder, 10240);
  builder_state(scene.builder, 2000, &(struct builder_state){0});
  builder_rss(scene.builder, 20480);
  builder_state(scene.builder, SECOND / 2, &(struct builder_state){0});
  builder_rss(scene.builder, 0);
  read_at(&scene, 500 * MIB, (unsigned[]){1, 0, 1, 10, 0, 0, 2, 0});
  scene_analyse(&scene, SECOND, false, NULL);
  expect_growth(&scene, 0, 1,
                "resident memory grew 10.0 MiB; what it consists of is not known: it was read only "
                "once, at +524 ms (seep mark reads it)");
  scene_end(&scene);
}

static void reports_have_it(void **state) {
  (void)state;
  struct scene scene;
  const struct analysis_query query = {.from = 0, .to = 1};
  grow_and_shrink(&scene);
  char *page = page_report(&scene, false, &query, 0);
  assert_non_null(strstr(page, "\nresident memory grew 414 MiB: 380 MiB (92 %) are "));
  assert_non_null(strstr(page, "\nat warm it was 427 MiB: "));
  free(page);
  page = page_report(&scene, true, &query, 0);
  page_jq(page, ".resident.sentence | startswith(\"resident memory grew 414 MiB\")");
  page_jq(page, ".resident.growth | .bytes == 434110464 and .stacks_bytes == 6291456 and "
                ".blocks_bytes + .headers_bytes == 398458880 and .untouched_bytes == 0");
  page_jq(page, ".resident | [.from, .to, .growth | .bytes == ([to_entries[] | select(.key | "
                "endswith(\"_bytes\") and . != \"swapped_bytes\") | .value] | add)] | all");
  page_jq(page, ".resident | (.to.time_s * 1e3 | round) == 1000 and .other_malloc == false");
  free(page);
  scene_end(&scene);
}

static void info_lists_what_was_read(void **state) {
  (void)state;
  struct scene scene;
  grow_and_shrink(&scene);
  char *page = page_info(&scene, false);
  assert_non_null(strstr(page, "\nresident       337 MiB at +3.00 s: 310 MiB malloc's heaps, "
                               "7.00 MiB stacks, 12.0 MiB program and libraries, 6.00 MiB mapped "
                               "files; 1,234 mappings\n"));
  free(page);
  page = page_info(&scene, true);
  page_jq(page, "(.resident | length) == 4 and .resident[3].heap_bytes == 325058560");
  page_jq(page, "[.resident[] | .bytes == .heap_bytes + .anonymous_bytes + .stacks_bytes + "
                ".program_bytes + .files_bytes + .shared_bytes + .recorder_bytes + .other_bytes] | "
                "all");
  free(page);
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(growth_is_divided_in_words),
      cmocka_unit_test(labels_are_harmless),
      cmocka_unit_test(what_is_not_touched_is_said),
      cmocka_unit_test(what_was_not_recorded_is_said),
      cmocka_unit_test(a_reading_that_is_late_is_said_to_be),
      cmocka_unit_test(what_is_not_known_is_said_with_the_reason),
      cmocka_unit_test(reports_have_it),
      cmocka_unit_test(info_lists_what_was_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

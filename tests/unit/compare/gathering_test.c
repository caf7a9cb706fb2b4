/* SPDX-License-Identifier: Apache-2.0
 *
 * The traces of a family, read as one: moments, the time line, a site's parts, what cannot be read.
 */
#include "builder.h"
#include "compare/gathering.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND 1000000000ull
#define MASTER 100
#define BYTES 1000

static char folder[] = "/tmp/seep-gathering-XXXXXX";
static char paths[3][64]; /* the master's, two workers' */

/* ---- Traces -----------------------------------------------------------------------------------*/

static const char *path_of(unsigned number) {
  snprintf(paths[number], sizeof paths[number], "%s/%u.seep", folder, number);
  return paths[number];
}

static struct builder *begin(unsigned number, uint64_t clock) {
  struct builder *builder = builder_new(path_of(number));
  struct builder_process process = {.program = "server",
                                    .pid = MASTER + number,
                                    .clock = clock,
                                    .stamp = (number ? 10 : 1) * SECOND,
                                    .monotonic_ns = (number ? 10 : 1) * SECOND,
                                    .realtime_ns =
                                        BUILDER_START_REALTIME_NS + (number ? 10 : 1) * SECOND,
                                    .trace_id = {(uint8_t)(number + 1)}};
  if (number) {
    process.fork_stamp = 10 * SECOND;
    process.parent_trace_id[0] = 1;
    process.parent_pid = MASTER;
  }
  builder_process(builder, &process);
  builder_module(builder, 1, "/usr/bin/server", 0x400000, "\x12", 1);
  builder_thread(builder, 1, MASTER + number, "main", 1000, 0);
  builder_context(builder, 1, 0, 1, 0x1000, 0);
  builder_context(builder, 2, 0, 1, 0x2000, 0);
  return builder;
}

/* Blocks of the site at a second. */
static void allocate(struct builder *builder, unsigned second, unsigned count, uint32_t site) {
  static uint64_t address = 0x10000;
  for (unsigned i = 0; i < count; i++, address += 0x10000)
    builder_alloc(builder, 1, second * SECOND + i, address, BYTES, site);
  builder_drain(builder, 1);
}

static void mark(struct builder *builder, const char *label, unsigned second) {
  builder_mark(builder, SEEP_MARK_LABEL, label, 0, second * SECOND);
}

static void end(struct builder *builder, unsigned second) {
  builder_end(builder, second * SECOND, &(struct builder_state){0});
  builder_close(builder);
}

/* The master takes 3 blocks before the fork; a worker 10 more each 10 s, and 1 of a site that the
 * master has, too. The second worker has no mark "warm". */
static void write_family(uint64_t clock) {
  struct builder *master = begin(0, 0), *first = begin(1, 0), *second = begin(2, clock);
  allocate(master, 2, 3, 1);
  mark(master, "warm", 20);
  mark(master, "#odd", 22);
  mark(master, "after", 40);
  end(master, 60);
  allocate(first, 15, 10, 2);
  allocate(first, 16, 1, 1);
  mark(first, "warm", 21);
  allocate(first, 25, 10, 2);
  mark(first, "after", 41);
  mark(first, "late", 45);
  end(first, 50);
  allocate(second, 15, 20, 2);
  allocate(second, 25, 30, 2);
  end(second, 55);
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  for (unsigned i = 0; i < 3; i++)
    unlink(path_of(i));
  return rmdir(folder);
}

/* ---- Asking -----------------------------------------------------------------------------------*/

static struct kindred *find(void) {
  struct kindred *kindred;
  struct kindred_error error;
  const char *const named[] = {path_of(0)};
  assert_int_equal(kindred_find(named, 1, NULL, &kindred, &error), TRACE_OK);
  return kindred;
}

static struct gathering *gather(const struct gathering_request *request) {
  struct kindred *kindred = find();
  struct gathering *gathering;
  struct kindred_error error;
  assert_int_equal(gathering_make(kindred, request, &gathering, &error), TRACE_OK);
  kindred_drop(kindred);
  return gathering;
}

/* "start@1 warm@20 ..." */
static void expect_moments(const struct gathering *gathering, const char *expected) {
  char text[400] = "";
  for (size_t i = 0; i < gathering->milestones.count; i++) {
    const struct analysis_moment *moment = &gathering->milestones.list[i];
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s@%llu ", moment->label,
             (unsigned long long)(moment->stamp / SECOND));
  }
  assert_string_equal(text, expected);
}

/* The site at the offset: "pid:blocks ..." of its parts. */
static void expect_parts(const struct gathering *gathering, uint64_t offset, const char *expected) {
  const struct merge *merge = &gathering->merge;
  char text[200] = "";
  for (size_t i = 0; i < merge->count; i++)
    for (size_t j = 0; merge->sites[i]->identity.offset == offset && j < merge->sites[i]->processes;
         j++) {
      size_t used = strlen(text);
      const struct merge_part *part = &merge->sites[i]->parts[j];
      snprintf(text + used, sizeof text - used, "%llu:%llu ",
               (unsigned long long)merge->family->list[part->member].pid,
               (unsigned long long)part->blocks);
    }
  assert_string_equal(text, expected);
}

static uint64_t blocks_at(const struct gathering *gathering, unsigned second) {
  uint64_t blocks = 0;
  for (size_t i = 0; i < gathering->lifelines.count; i++)
    if (gathering->lifelines.steps[i].stamp <= second * SECOND)
      blocks = gathering->lifelines.steps[i].outstanding_blocks;
  return blocks;
}

/* ---- Tests ------------------------------------------------------------------------------------*/

static void sites_have_a_part_for_each_process(void **state) {
  (void)state;
  write_family(0);
  struct gathering *gathering = gather(&(struct gathering_request){.filter = NULL});
  expect_parts(gathering, 0x1000, "100:3 101:1 ");
  expect_parts(gathering, 0x2000, "101:20 102:50 ");
  assert_int_equal(gathering->merge.figures.outstanding_blocks, 74);
  assert_false(gathering->running);
  gathering_drop(gathering);
}

static void marks_of_all_are_moments_once(void **state) {
  (void)state;
  write_family(0);
  struct gathering *gathering = gather(&(struct gathering_request){.filter = NULL});
  expect_moments(gathering, "start@1 warm@20 #odd@22 after@40 late@45 end@60 ");
  assert_string_equal(milestones_name(&gathering->milestones, 1), "warm");
  assert_null(milestones_name(&gathering->milestones, 2));
  assert_null(milestones_name(&gathering->milestones, 0));
  assert_int_equal(milestones_at(&gathering->milestones, 41 * SECOND), 3);
  assert_int_equal(milestones_at(&gathering->milestones, 0), 0);
  gathering_drop(gathering);
}

static void the_time_line_is_the_sum_while_they_live(void **state) {
  (void)state;
  write_family(0);
  struct gathering *gathering = gather(&(struct gathering_request){.filter = NULL});
  assert_int_equal(blocks_at(gathering, 5), 3);
  assert_int_equal(blocks_at(gathering, 18), 3 + 11 + 20);
  assert_int_equal(blocks_at(gathering, 30), 3 + 21 + 50);
  assert_int_equal(blocks_at(gathering, 52), 3 + 50);
  assert_int_equal(blocks_at(gathering, 57), 3);
  for (size_t i = 1; i < gathering->lifelines.count; i++)
    assert_true(gathering->lifelines.steps[i - 1].stamp < gathering->lifelines.steps[i].stamp);
  gathering_drop(gathering);
}

static void a_mark_of_one_means_the_moment_in_all(void **state) {
  (void)state;
  write_family(0);
  struct gathering *gathering =
      gather(&(struct gathering_request){.from.text = "warm", .to.text = "after"});
  assert_string_equal(gathering->members[1].from, "warm");
  assert_string_equal(gathering->members[2].from, "+10.000000000s");
  assert_string_equal(gathering->members[2].to, "+30.000000000s");
  assert_true(gathering->from.known && gathering->from.stamp == 20 * SECOND);
  expect_parts(gathering, 0x2000, "101:10 102:30 ");
  gathering_drop(gathering);
}

static void a_time_alone_is_a_moment_too(void **state) {
  (void)state;
  write_family(0);
  struct gathering *gathering = gather(&(struct gathering_request){
      .from = {.known = true, .stamp = 22 * SECOND}, .to = {.known = true, .stamp = 52 * SECOND}});
  assert_string_equal(gathering->members[0].from, "+21.000000000s");
  assert_string_equal(gathering->members[1].to, "end");
  expect_parts(gathering, 0x2000, "101:10 102:30 ");
  gathering_drop(gathering);
}

static void another_clock_is_left_out_of_time(void **state) {
  (void)state;
  write_family(SEEP_CLOCK_MONOTONIC_NS);
  struct gathering *gathering = gather(&(struct gathering_request){.filter = NULL});
  assert_int_equal(gathering->merge.figures.outstanding_blocks, 74);
  assert_int_equal(blocks_at(gathering, 30), 3 + 21);
  gathering_drop(gathering);
}

static void told(void *data, size_t member, struct trace *trace, const struct trace_error *error) {
  char *text = data;
  snprintf(text + strlen(text), 40, "%zu%s ", member, trace ? "" : error ? "!" : "?");
}

static void what_cannot_be_opened_is_told_and_left_out(void **state) {
  (void)state;
  char text[100] = "";
  write_family(0);
  struct kindred *kindred = find();
  struct gathering *gathering;
  struct kindred_error error;
  unlink(paths[1]);
  const struct gathering_request request = {.told = told, .data = text};
  assert_int_equal(gathering_make(kindred, &request, &gathering, &error), TRACE_OK);
  assert_string_equal(text, "0 1! 2 ");
  assert_string_equal(gathering->members[1].failure, "cannot be opened: No such file or directory");
  assert_int_equal(gathering->merge.taken, 2);
  assert_int_equal(gathering->merge.figures.outstanding_blocks, 53);
  gathering_drop(gathering);
  kindred_drop(kindred);
}

static void a_child_that_cannot_be_read_leaves_the_others_inheritance(void **state) {
  (void)state;
  struct family family;
  struct inheritance *inheritance;
  const char *const named[] = {path_of(0)};
  write_family(0);
  assert_int_equal(family_find(&family, named, 1, NULL), TRACE_OK);
  unlink(paths[1]);
  assert_int_equal(inheritance_new(&family, FAMILY_NONE, NULL, &inheritance, NULL), TRACE_OK);
  assert_false(inheritance_known(inheritance, 1));
  assert_int_equal(inheritance_of(inheritance, 1).blocks, 0);
  assert_true(inheritance_known(inheritance, 2));
  assert_int_equal(inheritance_of(inheritance, 2).blocks, 3);
  inheritance_free(inheritance);
  family_release(&family);
}

static void a_mark_that_nobody_has_is_an_error(void **state) {
  (void)state;
  write_family(0);
  struct kindred *kindred = find();
  struct gathering *gathering;
  struct kindred_error error;
  const struct gathering_request request = {.from.text = "nowhere"};
  assert_int_equal(gathering_make(kindred, &request, &gathering, &error), TRACE_READ);
  assert_null(gathering);
  assert_string_equal(error.path, paths[0]);
  assert_non_null(strstr(error.trace.detail, "has no mark 'nowhere'"));
  kindred_drop(kindred);
}

struct limit {
  double share;
  unsigned calls, most;
};

static bool until(void *data, double share) {
  struct limit *limit = data;
  assert_true(share >= limit->share && share <= 1);
  limit->share = share;
  return ++limit->calls < limit->most;
}

static void it_tells_how_far_it_is_and_stops_where_it_is_told(void **state) {
  (void)state;
  write_family(0);
  struct kindred *kindred = find(), *none;
  struct gathering *gathering;
  struct kindred_error error;
  struct limit whole = {.most = UINT32_MAX};
  struct gathering_request request = {.progress = until, .data = &whole};
  assert_int_equal(gathering_make(kindred, &request, &gathering, &error), TRACE_OK);
  assert_true(whole.share == 1);
  gathering_drop(gathering);
  struct limit some = {.most = whole.calls / 2};
  request.data = &some;
  assert_int_equal(gathering_make(kindred, &request, &gathering, &error), TRACE_STOPPED);
  assert_int_equal(some.calls, some.most);
  kindred_drop(kindred);
  struct limit one = {.most = 1};
  const struct inheritance_watch watch = {until, &one};
  const char *const named[] = {path_of(0)};
  assert_int_equal(kindred_find(named, 1, &watch, &none, &error), TRACE_STOPPED);
  assert_null(none);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sites_have_a_part_for_each_process),
      cmocka_unit_test(marks_of_all_are_moments_once),
      cmocka_unit_test(the_time_line_is_the_sum_while_they_live),
      cmocka_unit_test(a_mark_of_one_means_the_moment_in_all),
      cmocka_unit_test(a_time_alone_is_a_moment_too),
      cmocka_unit_test(another_clock_is_left_out_of_time),
      cmocka_unit_test(what_cannot_be_opened_is_told_and_left_out),
      cmocka_unit_test(a_child_that_cannot_be_read_leaves_the_others_inheritance),
      cmocka_unit_test(a_mark_that_nobody_has_is_an_error),
      cmocka_unit_test(it_tells_how_far_it_is_and_stops_where_it_is_told),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

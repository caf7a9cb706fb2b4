/* SPDX-License-Identifier: Apache-2.0
 *
 * Which frame names a site, by the built-in rules and a user's.
 */
#include "analysis/rules.h"
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct analysis_site *sites_find(const struct analysis_report *report,
                                              const char *function) {
  for (size_t i = 0; i < report->site_count; i++)
    if (report->sites[i].function && strcmp(report->sites[i].function, function) == 0)
      return &report->sites[i];
  return NULL;
}

/* xmalloc is passed over, and the inlined function is the innermost of the service's own; libc is
 * passed over by its module. */
static void sites_are_own_frames(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  struct analysis_report *report = analysis_interval(scene.analysis, 0, 3);
  assert_non_null(report);
  assert_int_equal(report->site_count, 3);
  const struct analysis_site *session = sites_find(report, "session_new");
  assert_non_null(session);
  assert_string_equal(session->file, "/src/demo/session.h");
  assert_int_equal(session->line, 5);
  assert_int_equal(session->stack_count, 2);
  assert_int_equal(session->figures.allocations, 11);
  assert_int_equal(session->figures.outstanding_bytes, 1520);
  assert_int_equal(session->figures.peak_bytes, 1570);
  assert_int_equal(session->figures.peak_blocks, 11);
  assert_int_equal(session->stacks[0].context, 4);
  assert_non_null(sites_find(report, "table_make"));
  const struct analysis_site *from_main = sites_find(report, "main");
  assert_non_null(from_main);
  assert_int_equal(from_main->figures.allocated_bytes, 100);
  assert_int_equal(from_main->figures.outstanding_blocks, 0);
  analysis_report_free(report);
  scene_end(&scene);
}

static void sites_between_marks(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  long from = analysis_find_moment(scene.analysis, "warm");
  long to = analysis_find_moment(scene.analysis, "after");
  assert_int_equal(from, 1);
  assert_int_equal(to, 2);
  struct analysis_report *report = analysis_interval(scene.analysis, 1, 2);
  assert_non_null(report);
  assert_int_equal(report->site_count, 1);
  assert_int_equal(report->units, 10);
  assert_int_equal(report->sites[0].figures.outstanding_blocks, 10);
  assert_int_equal(report->sites[0].figures.frees, 1);
  assert_int_equal(report->sites[0].figures.threads, 1);
  assert_int_equal(report->sites[0].figures.oldest_stamp, 2000000);
  assert_int_equal(report->sites[0].figures.median_stamp, 2004000);
  analysis_report_free(report);
  scene_end(&scene);
}

static void sites_without_any_own_frame(void **state) {
  (void)state;
  struct scene scene;
  scene_begin(&scene);
  static const struct symbol_frame vector[] = {
      {"std::vector<int>::push_back(int const&)", NULL, NULL, 0}};
  fake_symbols_set(1, 0x10, vector, 1);
  builder_context(scene.builder, 1, 0, 1, 0x10, 0);
  builder_context(scene.builder, 2, 1, 2, 0x20, 0);
  builder_alloc(scene.builder, 1, 2000, 0x1000, 8, 2);
  builder_alloc(scene.builder, 1, 2100, 0x2000, 9, 0);
  scene_analyse(&scene, 3000, true, NULL);
  struct analysis_report *report = analysis_interval(scene.analysis, 0, 1);
  assert_int_equal(report->site_count, 2);
  assert_int_equal(report->sites[0].module, 0);
  assert_int_equal(report->sites[1].offset, 0x20);
  assert_int_equal(report->sites[1].module, 2);
  analysis_report_free(report);
  scene_end(&scene);
}

static void rules_write(char *path, const char *text) {
  strcpy(path, "/tmp/seep-rules-XXXXXX");
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
}

static void rules_of_the_house(void **state) {
  (void)state;
  static const char *const skipped[] = {
      "operator new(unsigned long)",
      "std::string::_M_create(unsigned long&, unsigned long)",
      "<alloc::vec::Vec<T> as core::clone::Clone>::clone",
      "alloc::alloc::exchange_malloc",
      "xmalloc",
      "zmalloc_usable",
      "CRYPTO_malloc",
      "g_malloc0",
      "__rust_alloc",
      "void std::vector<a::b, std::allocator<a::b> >::_M_grow<a::b>(a::b&&)"};
  static const char *const kept[] = {
      "main",
      "session_create",
      "stdlib_init",
      "allocate",
      "my::std::thing",
      "CRYPTO_new_ex_data",
      "void rows_append<std::string>(std::vector<int>&, std::string)",
      "take(int, std::string)"};
  struct rules *rules;
  assert_int_equal(rules_new(NULL, &rules, NULL), TRACE_OK);
  for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
    assert_true(rules_skip_function(rules, skipped[i]));
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    assert_false(rules_skip_function(rules, kept[i]));
  assert_false(rules_skip_function(rules, NULL));
  assert_true(rules_skip_module(rules, "libc.so.6"));
  assert_true(rules_skip_module(rules, "libstdc++.so.6.0.30"));
  assert_true(rules_skip_module(rules, "ld-linux-x86-64.so.2"));
  assert_false(rules_skip_module(rules, "libcrypto.so.3"));
  assert_false(rules_skip_module(rules, "sessiond"));
  assert_true(rules_skip_file(rules, "/rustc/59807616e1fa/library/alloc/src/slice.rs"));
  assert_true(rules_skip_file(rules, "library/core/src/ops/function.rs"));
  assert_true(rules_skip_file(rules, "/usr/src/rustc-1.63.0/library/alloc/src/slice.rs"));
  assert_true(rules_skip_file(rules, "/usr/include/c++/12/bits/stl_vector.h"));
  assert_false(rules_skip_file(rules, "/src/library/core/src/main.rs"));
  assert_false(rules_skip_file(rules, NULL));
  rules_free(rules);
}

static void rules_of_a_user(void **state) {
  (void)state;
  char path[64];
  struct rules *rules;
  rules_write(path, "# ours\n\n  skip-function pool_*  \nskip-module libpool.so*\n"
                    "skip-file */third party/*\n"
                    "skip-function operator co_await*\n");
  assert_int_equal(rules_new(path, &rules, NULL), TRACE_OK);
  assert_true(rules_skip_function(rules, "pool_take"));
  assert_true(rules_skip_function(rules, "operator co_await(x)"));
  assert_true(rules_skip_function(rules, "xmalloc"));
  assert_false(rules_skip_function(rules, "spool_take"));
  assert_true(rules_skip_module(rules, "libpool.so.1"));
  assert_true(rules_skip_file(rules, "/src/third party/a/b.c"));
  assert_false(rules_skip_file(rules, "/src/third/b.c"));
  rules_free(rules);
  unlink(path);
}

static void rules_name_a_bad_line(void **state) {
  (void)state;
  static const char *const bad[] = {"skip-function a\nskip-functions b\n", "\nskip-module\n",
                                    "# x\nfunction y\n"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char path[64], line[80];
    struct rules *rules;
    struct trace_error error = {0};
    rules_write(path, bad[i]);
    snprintf(line, sizeof line, "%s:2: ", path);
    assert_int_equal(rules_new(path, &rules, &error), TRACE_READ);
    assert_null(rules);
    assert_memory_equal(error.detail, line, strlen(line));
    unlink(path);
  }
  struct rules *rules;
  struct trace_error error = {0};
  assert_int_equal(rules_new("/nowhere/rules", &rules, &error), TRACE_NOT_FOUND);
  assert_non_null(strstr(error.detail, "/nowhere/rules"));
}

static void rules_change_the_site(void **state) {
  (void)state;
  char path[64];
  struct scene scene;
  rules_write(path, "skip-function inner\n");
  static const struct symbol_frame inner[] = {{"inner", NULL, "i.c", 1}},
                                   outer[] = {{"outer", NULL, "o.c", 2}};
  scene_begin(&scene);
  fake_symbols_set(1, 0x10, inner, 1);
  fake_symbols_set(1, 0x20, outer, 1);
  builder_context(scene.builder, 1, 0, 1, 0x20, 0);
  builder_context(scene.builder, 2, 1, 1, 0x10, 0);
  builder_alloc(scene.builder, 1, 2000, 0x1000, 8, 2);
  scene_analyse(&scene, 3000, true, &(struct analysis_options){.rules_path = path});
  struct analysis_report *report = analysis_interval(scene.analysis, 0, 1);
  assert_int_equal(report->site_count, 1);
  assert_string_equal(report->sites[0].function, "outer");
  analysis_report_free(report);
  scene_end(&scene);
  unlink(path);
}

/* Generic code of a library that was compiled into the service, and inlined there. */
static void files_change_the_site(void **state) {
  (void)state;
  struct scene scene;
  static const struct symbol_frame frames[] = {
      {"<T as Copies>::copies", NULL, "/rustc/1a2b/library/alloc/src/slice.rs", 448},
      {"server::open", NULL, "/src/server.rs", 7}};
  scene_begin(&scene);
  fake_symbols_set(1, 0x10, frames, 2);
  builder_context(scene.builder, 1, 0, 1, 0x10, 0);
  builder_alloc(scene.builder, 1, 2000, 0x1000, 8, 1);
  scene_analyse(&scene, 3000, true, NULL);
  struct analysis_report *report = analysis_interval(scene.analysis, 0, 1);
  assert_int_equal(report->site_count, 1);
  assert_string_equal(report->sites[0].function, "server::open");
  assert_int_equal(report->sites[0].line, 7);
  analysis_report_free(report);
  scene_end(&scene);
}

/* main calls callers that call one function, which takes the memory; the site of their stacks. */
static struct analysis_report *wrapped(struct scene *scene, const char *name, uint32_t callers,
                                       const char *rules) {
  static struct symbol_frame taker[1], frames[16][1];
  static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
  taker[0] = (struct symbol_frame){name, NULL, "taker.c", 1};
  scene_begin(scene);
  fake_symbols_set(1, 0x10, taker, 1);
  for (uint32_t i = 0; i < callers; i++) {
    frames[i][0] = (struct symbol_frame){names[i], NULL, "caller.c", i + 1};
    fake_symbols_set(1, 0x100 + i, frames[i], 1);
    builder_context(scene->builder, 2 * i + 1, 0, 1, 0x100 + i, 0);
    builder_context(scene->builder, 2 * i + 2, 2 * i + 1, 1, 0x10, 0);
    builder_alloc(scene->builder, 1, 2000 + i, 0x1000 + 16 * i, 8, 2 * i + 2);
  }
  scene_analyse(scene, 3000, true, &(struct analysis_options){.rules_path = rules});
  return analysis_interval(scene->analysis, 0, 1);
}

static void wrappers_are_found(void **state) {
  (void)state;
  char path[64];
  rules_write(path, "keep-function buffer_alloc\n");
  const struct {
    const char *name, *rules;
    uint32_t callers;
    size_t sites;
  } cases[] = {{"buffer_alloc", NULL, 6, 6}, /* named after its callers */
               {"buffer_alloc", path, 6, 1},
               {"buffer_alloc", NULL, 3, 1}, /* too few to tell */
               {"session_new", NULL, 6, 1}}; /* a constructor */
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct scene scene;
    struct analysis_report *report =
        wrapped(&scene, cases[i].name, cases[i].callers, cases[i].rules);
    assert_int_equal(report->site_count, cases[i].sites);
    assert_int_equal(strcmp(report->sites[0].function, cases[i].name) == 0, cases[i].sites == 1);
    analysis_report_free(report);
    scene_end(&scene);
  }
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sites_are_own_frames),
      cmocka_unit_test(sites_between_marks),
      cmocka_unit_test(sites_without_any_own_frame),
      cmocka_unit_test(rules_of_the_house),
      cmocka_unit_test(rules_of_a_user),
      cmocka_unit_test(rules_name_a_bad_line),
      cmocka_unit_test(rules_change_the_site),
      cmocka_unit_test(files_change_the_site),
      cmocka_unit_test(wrappers_are_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

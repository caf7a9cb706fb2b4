/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns and files in LeakSanitizer's syntax, and the stacks that fall under them.
 */
#include "compare/suppressions.h"
#include "scene.h"
#include "stock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void patterns_match_as_with_leaksanitizer(void **state) {
  (void)state;
  static const struct {
    const char *pattern, *text;
    bool matches;
  } cases[] = {
      {"create", "session_create", true},
      {"creat", "session_create", true},
      {"Create", "session_create", false},
      {"^session", "session_create", true},
      {"^create", "session_create", false},
      {"create$", "session_create", true},
      {"session$", "session_create", false},
      {"^session_create$", "session_create", true},
      {"^session$", "session_create", false},
      {"s*c*e", "session_create", true},
      {"^s*e$", "session_create", true},
      {"^s*x*e$", "session_create", false},
      {"*", "session_create", true},
      {"^*$", "x", true},
      {"a$", "aba", true},
      {"^ab*ba$", "aba", false},
      {"^ab*ba$", "abba", true},
      {"ab*", "cab", true},
      {"**b", "ab", true},
      {"^", "x", true},
      {"$", "x", true},
      {"^$", "x", false},
      {"longer than the text", "text", false},
      {"x", "", false},
      {"*", "", false},
      {"*", NULL, false},
      {"libfoo.so", "/usr/lib/libfoo.so.1", true},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (suppressions_match(cases[i].pattern, cases[i].text) != cases[i].matches)
      fail_msg("%s in %s", cases[i].pattern, cases[i].text ? cases[i].text : "NULL");
}

static enum trace_status read_text(const char *text, struct suppressions **suppressions,
                                   struct trace_error *error) {
  char path[64];
  stock_file(path, text);
  enum trace_status status = suppressions_read(path, suppressions, error);
  unlink(path);
  return status;
}

static void files_have_comments_blank_lines_and_space(void **state) {
  (void)state;
  struct suppressions *suppressions;
  struct trace_error error;
  assert_int_equal(
      read_text("# known\n\n  leak:one \r\n\tleak:a b*\nleak:last", &suppressions, &error),
      TRACE_OK);
  assert_int_equal(suppressions->count, 3);
  assert_string_equal(suppressions->list[0].pattern, "one");
  assert_string_equal(suppressions->list[1].pattern, "a b*");
  assert_string_equal(suppressions->list[2].pattern, "last");
  suppressions_free(suppressions);
  assert_int_equal(read_text("", &suppressions, &error), TRACE_OK);
  assert_int_equal(suppressions->count, 0);
  suppressions_free(suppressions);
}

static void what_is_no_suppression_is_named_by_its_line(void **state) {
  (void)state;
  static const char *const wrong[] = {"leak:x\nfrees:y\n", "leak:x\nleak:\n", "leak:x\nleak x\n"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct suppressions *suppressions;
    struct trace_error error;
    assert_int_equal(read_text(wrong[i], &suppressions, &error), TRACE_READ);
    assert_null(suppressions);
    assert_non_null(strstr(error.detail, "line 2:"));
  }
}

static void a_file_that_is_not_there(void **state) {
  (void)state;
  struct suppressions *suppressions;
  struct trace_error error;
  assert_int_equal(suppressions_read("/no/such/file", &suppressions, &error), TRACE_NOT_FOUND);
  assert_int_not_equal(error.system_errno, 0);
}

/* The pattern that each context of the scene of sessions falls under; "" none. */
static void expect_contexts(const struct scene *scene, const char *text,
                            const char *const expected[6]) {
  struct suppressions *suppressions;
  struct trace_error error;
  assert_int_equal(read_text(text, &suppressions, &error), TRACE_OK);
  assert_true(suppressions_begin(suppressions, scene->trace, scene->symbols));
  for (int pass = 0; pass < 2; pass++) /* the second time it is remembered */
    for (uint32_t context = 6; context-- > 0;) {
      const struct suppression *found = suppressions_find(suppressions, context);
      assert_string_equal(found ? found->pattern : "", expected[context]);
    }
  assert_null(suppressions_find(suppressions, UINT32_MAX));
  suppressions_free(suppressions);
}

static void any_frame_of_a_stack_counts(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  expect_contexts(&scene, "leak:^xmalloc$", (const char *[]){"", "", "", "", "^xmalloc$", ""});
  expect_contexts(&scene, "leak:session_create",
                  (const char *[]){"", "", "", "session_create", "session_create", ""});
  expect_contexts(&scene, "leak:session_new",
                  (const char *[]){"", "", "", "session_new", "session_new", ""});
  expect_contexts(&scene, "leak:/table.c$", (const char *[]){"", "", "/table.c$", "", "", ""});
  expect_contexts(&scene, "leak:libc.so", (const char *[]){"", "", "", "", "", "libc.so"});
  expect_contexts(&scene, "leak:^main$",
                  (const char *[]){"", "^main$", "^main$", "^main$", "^main$", "^main$"});
  expect_contexts(&scene, "leak:nothing", (const char *[]){"", "", "", "", "", ""});
  expect_contexts(&scene, "", (const char *[]){"", "", "", "", "", ""});
  scene_end(&scene);
}

/* Parents that go in a circle, and one that there is not. */
static void a_trace_that_lies_ends_the_walk(void **state) {
  (void)state;
  struct scene scene;
  scene_sessions(&scene);
  scene.trace->contexts[1].parent = 4;
  scene.trace->contexts[2].parent = UINT32_MAX;
  expect_contexts(&scene, "leak:nothing", (const char *[]){"", "", "", "", "", ""});
  scene_end(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(patterns_match_as_with_leaksanitizer),
      cmocka_unit_test(files_have_comments_blank_lines_and_space),
      cmocka_unit_test(what_is_no_suppression_is_named_by_its_line),
      cmocka_unit_test(a_file_that_is_not_there),
      cmocka_unit_test(any_frame_of_a_stack_counts),
      cmocka_unit_test(a_trace_that_lies_ends_the_walk),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

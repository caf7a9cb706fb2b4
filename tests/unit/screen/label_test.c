/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/label.h"

#include <string.h>

static const struct screen plain = {.unicode = false};
static const struct screen rich = {.unicode = true};

static void expect_function(const char *name, int width, const char *expected) {
  char out[LABEL_BYTES];
  assert_string_equal(label_function(out, &plain, name, width), expected);
  assert_true(width < 6 || screen_width(&plain, out) <= width);
}

static void expect_call(const char *text, int width, const char *expected) {
  char out[LABEL_BYTES];
  assert_string_equal(label_call(out, &plain, text, width), expected);
}

static void what_has_room_stays(void **state) {
  (void)state;
  expect_function("put<int>(int)", 13, "put<int>(int)");
  expect_function("a_name_without_room", 5, "a_name_without_room");
  expect_call("main main.c:10 demo", 40, "main main.c:10 demo");
  expect_call("libfoo.so+0x1234", 4, "libfoo.so+0x1234");
  expect_call("function_without_line libfoo.so", 10, "function_without_line libfoo.so");
}

static void brackets_go_first(void **state) {
  (void)state;
  expect_function("cache<std::pair<int, int>>::put<int>(int, char const*) const", 30,
                  "cache<~>::put<~>(~) const");
  expect_function("(anonymous namespace)::find(int, int, int)", 30,
                  "(anonymous namespace)::find(~)");
  expect_function("point::operator()(int, int, long)", 24, "point::operator()(~)");
  expect_function("operator<< <char>(std::ostream&, char)", 24, "operator<< <~>(~)");
  expect_function("run<(lambda(int)#1)>(bool (*)(int), long)", 16, "run<~>(~)");
  expect_function("take<decltype(a->b)>(decltype(a->b))", 16, "take<~>(~)");
  expect_function("cut_off<std::map<int, st", 10, "cut_off<~");
}

static void then_the_middle(void **state) {
  (void)state;
  expect_function("sample_session_create", 12, "sampl~create");
  expect_call("sample_session_create sample.c:14 demo", 24, "sampl~create sample.c:14 demo");
  expect_call("sample_session_create (sample.c:14) leaks", 26, "sampl~create (sample.c:14) leaks");
  expect_call("net::queue<net::job>::push(net::job&&) queue.h:7 demo", 32,
              "net::queue<~>::push(~) queue.h:7 demo");
}

static void wide_characters_are_not_halved(void **state) {
  (void)state;
  const char *name = "\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57";
  char out[LABEL_BYTES];
  for (int width = 6; width < 17; width++) {
    label_function(out, &rich, name, width);
    assert_in_range(screen_width(&rich, out), width - 2, width);
    assert_true(width == 16 || strstr(out, "\u2026"));
  }
}

static void drawn(int width, const char *text, const char *expected) {
  struct screen screen = {.unicode = false};
  char shown[64] = "";
  assert_true(screen_resize(&screen, 1, 60));
  label_put(&screen, 0, 0, width, STYLE_TEXT, text);
  for (int i = 0; i < 60 && screen.cells[i].text[0] | (i + 1 < 60 && screen.cells[i + 1].text[0]);
       i++)
    shown[i] = screen.cells[i].text[0] ? (char)screen.cells[i].text[0] : ' ';
  assert_string_equal(shown, expected);
  screen_release(&screen);
}

static void a_line_is_not_cut(void **state) {
  (void)state;
  const char *call = "sample_session_create sample.c:14 demo";
  drawn(38, call, "sample_session_create sample.c:14 demo");
  drawn(37, call, "sample_session_create sample.c:14 de~");
  drawn(35, call, "sample_session_create sample.c:14");
  drawn(33, call, "sample_session_create sample.c:14");
  drawn(32, call, "sample_se~ion_create sample.c:14");
  drawn(18, call, "sa~ate sample.c:14");
  drawn(17, call, "sample_session_c~"); /* nothing would be left of the function */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_has_room_stays), cmocka_unit_test(brackets_go_first),
      cmocka_unit_test(then_the_middle),     cmocka_unit_test(wide_characters_are_not_halved),
      cmocka_unit_test(a_line_is_not_cut),
  };
  return cmocka_run_group_tests_name("label", tests, set_locale, NULL);
}

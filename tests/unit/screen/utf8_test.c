/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/utf8.h"

#include <string.h>

static void characters_with_power_over_a_terminal_are_taken_away(void **state) {
  (void)state;
  static const uint32_t bad[] = {1,      '\t',   '\n',   0x1b,   0x7f,   0x80,   0x9b,   0xad,
                                 0x200b, 0x200e, 0x202e, 0x2028, 0x2066, 0xfeff, 0xe001, 0xe0041};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    uint32_t shown = utf8_harmless(bad[i], 1);
    assert_true(shown == UTF8_REPLACEMENT || (shown >= 0x2400 && shown <= 0x2421));
    assert_int_equal(utf8_width(shown), 1);
    assert_int_equal(utf8_harmless(bad[i], 0), '?');
  }
}

static void widths_are_the_terminals(void **state) {
  (void)state;
  assert_int_equal(utf8_width('a'), 1);
  assert_int_equal(utf8_width(0xe9), 1);
  assert_int_equal(utf8_width(0x6f22), 2);
  assert_int_equal(utf8_width(0x301), 0);
}

static void ascii_screens_get_ascii(void **state) {
  (void)state;
  assert_int_equal(utf8_harmless(0xe9, 0), '?');
  assert_int_equal(utf8_harmless('~', 0), '~');
}

/* The first line of text takes this much of it. */
static void expect_wrap(const char *text, int columns, const char *first) {
  assert_int_equal(utf8_wrap(text, columns), strlen(first));
  assert_memory_equal(text, first, strlen(first));
}

static void lines_break_at_spaces(void **state) {
  (void)state;
  expect_wrap("one two three", 13, "one two three");
  expect_wrap("one two three", 12, "one two");
  expect_wrap("one two three", 7, "one two");
  expect_wrap("one two three", 6, "one");
  expect_wrap("", 5, "");
}

static void long_words_break_anywhere(void **state) {
  (void)state;
  expect_wrap("threefold", 5, "three");
  expect_wrap("\u6f22\u5b57\u6f22", 5, "\u6f22\u5b57");
  expect_wrap("e\u0301e\u0301e", 2, "e\u0301e\u0301");
}

static void a_line_has_a_character_however_narrow(void **state) {
  (void)state;
  expect_wrap("one", 0, "o");
  expect_wrap("one", -3, "o");
  expect_wrap("\u6f22\u5b57", 1, "\u6f22");
  expect_wrap(" one", 0, " ");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(characters_with_power_over_a_terminal_are_taken_away),
      cmocka_unit_test(widths_are_the_terminals),
      cmocka_unit_test(ascii_screens_get_ascii),
      cmocka_unit_test(lines_break_at_spaces),
      cmocka_unit_test(long_words_break_anywhere),
      cmocka_unit_test(a_line_has_a_character_however_narrow),
  };
  return cmocka_run_group_tests_name("utf8", tests, set_locale, NULL);
}

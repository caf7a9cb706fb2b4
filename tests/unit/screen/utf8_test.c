/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/utf8.h"

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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(characters_with_power_over_a_terminal_are_taken_away),
      cmocka_unit_test(widths_are_the_terminals),
      cmocka_unit_test(ascii_screens_get_ascii),
  };
  return cmocka_run_group_tests_name("utf8", tests, set_locale, NULL);
}

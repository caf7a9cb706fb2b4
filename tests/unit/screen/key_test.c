/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/key.h"

static void expect(const char *script, uint32_t code) {
  struct key key;
  const char *at = script;
  assert_true(key_parse(&at, &key));
  assert_int_equal(key.code, code);
  assert_string_equal(at, "");
}

static void scripts_name_keys(void **state) {
  (void)state;
  expect("j", 'j');
  expect("\u00e9", 0xe9);
  expect("<Enter>", KEY_CODE_ENTER);
  expect("<PgDn>", KEY_CODE_PAGE_DOWN);
  expect("<^L>", 12);
  expect("<lt>", '<');
  expect("<Space>", ' ');
}

static void clicks_have_a_place(void **state) {
  (void)state;
  const char *script = "<Click 5 20>x";
  struct key key;
  assert_true(key_parse(&script, &key));
  assert_int_equal(key.code, KEY_CODE_CLICK);
  assert_int_equal(key.row, 5);
  assert_int_equal(key.column, 20);
  assert_string_equal(script, "x");
}

static void unknown_names_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"<Entr>", "<", "<>", "<Enter", "<averyveryverylongname>"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const char *at = bad[i];
    struct key key;
    assert_false(key_parse(&at, &key));
    assert_ptr_equal(at, bad[i]);
  }
}

static void labels_are_for_people(void **state) {
  (void)state;
  char label[KEY_NAME_BYTES];
  key_label('j', label);
  assert_string_equal(label, "j");
  key_label('Z' - '@', label);
  assert_string_equal(label, "^Z");
  key_label(KEY_CODE_PAGE_UP, label);
  assert_string_equal(label, "PgUp");
  key_label(KEY_CODE_ESCAPE, label);
  assert_string_equal(label, "Esc");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scripts_name_keys),
      cmocka_unit_test(clicks_have_a_place),
      cmocka_unit_test(unknown_names_are_refused),
      cmocka_unit_test(labels_are_for_people),
  };
  return cmocka_run_group_tests_name("key", tests, set_locale, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/prompt.h"

#include <string.h>

static enum prompt_result type(struct prompt *prompt, uint32_t code) {
  struct key key = {.code = code};
  return prompt_key(prompt, &key);
}

static void typed_text_is_kept(void **state) {
  (void)state;
  struct prompt prompt = {0};
  assert_int_equal(type(&prompt, 'a'), PROMPT_CHANGED);
  assert_int_equal(type(&prompt, 0x6f22), PROMPT_CHANGED);
  assert_string_equal(prompt.text, "a\u6f22");
  assert_int_equal(type(&prompt, KEY_CODE_ENTER), PROMPT_DONE);
}

static void erasing_takes_whole_characters_then_cancels(void **state) {
  (void)state;
  struct prompt prompt = {0};
  prompt_set(&prompt, "a\u6f22");
  assert_int_equal(type(&prompt, KEY_CODE_ERASE), PROMPT_CHANGED);
  assert_string_equal(prompt.text, "a");
  assert_int_equal(type(&prompt, KEY_CODE_ERASE), PROMPT_CHANGED);
  assert_int_equal(type(&prompt, KEY_CODE_ERASE), PROMPT_CANCELLED);
}

static void what_does_not_fit_is_not_taken(void **state) {
  (void)state;
  struct prompt prompt = {0};
  for (int i = 0; i < 400; i++)
    type(&prompt, 0x6f22);
  assert_int_equal(prompt.bytes % 3, 0);
  assert_int_equal(strlen(prompt.text), prompt.bytes);
  assert_true(prompt.bytes < sizeof prompt.text && prompt.bytes + 3 >= sizeof prompt.text);
}

static void keys_without_a_character_do_nothing(void **state) {
  (void)state;
  struct prompt prompt = {0};
  assert_int_equal(type(&prompt, KEY_CODE_UP), PROMPT_OPEN);
  assert_int_equal(type(&prompt, KEY_CODE_TAB), PROMPT_OPEN);
  assert_int_equal(type(&prompt, KEY_CODE_NONE), PROMPT_OPEN);
  assert_int_equal(prompt.bytes, 0);
  assert_int_equal(type(&prompt, KEY_CODE_ESCAPE), PROMPT_CANCELLED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(typed_text_is_kept),
      cmocka_unit_test(erasing_takes_whole_characters_then_cancels),
      cmocka_unit_test(what_does_not_fit_is_not_taken),
      cmocka_unit_test(keys_without_a_character_do_nothing),
  };
  return cmocka_run_group_tests_name("prompt", tests, set_locale, NULL);
}

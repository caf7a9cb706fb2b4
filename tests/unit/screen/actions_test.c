/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/actions.h"

static void every_action_has_a_key_that_leads_to_it(void **state) {
  (void)state;
  for (int action = 1; action < ACTION_COUNT; action++) {
    const struct action_info *info = action_info((enum action)action);
    assert_non_null(info->text);
    assert_int_not_equal(info->keys[0], 0);
    for (int i = 0; i < ACTION_KEYS && info->keys[i]; i++)
      assert_int_equal(action_of_key(info->keys[i]), action); /* so no key has two */
  }
}

static void keys_without_an_action_have_none(void **state) {
  (void)state;
  assert_int_equal(action_of_key(KEY_CODE_NONE), ACTION_NONE);
  assert_int_equal(action_of_key(0x6f22), ACTION_NONE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_action_has_a_key_that_leads_to_it),
      cmocka_unit_test(keys_without_an_action_have_none),
  };
  return cmocka_run_group_tests_name("actions", tests, set_locale, NULL);
}

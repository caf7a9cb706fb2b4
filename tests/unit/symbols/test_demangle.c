/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/demangle.h"

#include "fake.h"
#include <stdio.h>
#include <string.h>

static char text[DEMANGLE_BYTES];

static void test_known_names(void **state) {
  (void)state;
  static const char *const names[][2] = {
      {"_ZN4shop6BasketIiE3addERKi", "shop::Basket<int>::add(int const&)"},
      {"_Znwm", "operator new(unsigned long)"},
      {"_ZN12_GLOBAL__N_16HiddenC2Ev", "(anonymous namespace)::Hidden::Hidden()"},
      {"_ZZN4shop4fillEvENKUlRiE_clES0_", "shop::fill()::{lambda(int&)#1}::operator()(int&) const"},
      /* Rust, legacy: with the hash, and with the characters that $...$ stand for */
      {"_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad"},
      {"_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$"
       "3bar17h930b740aa94f1d3aE",
       "<Test + 'static as foo::Bar<Test>>::bar"},
      /* Rust, v0 */
      {"_RNvCs4fqI2P2rA04_7mycrate3foo", "mycrate::foo"},
      {"_RNvMs_Cs4Cv8Wi1oAIB_7mycrateNtB4_7Example3foo", "<mycrate::Example>::foo"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    assert_true(demangle(names[i][0], text));
    assert_string_equal(text, names[i][1]);
  }
}

static void test_plain_names(void **state) {
  (void)state;
  static const char *const names[] = {"main",   "",    "_", "_Z", "_R", "__libc_start_main",
                                      "_Zebra", "_RX", "Z", "_ZN"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    assert_false(demangle(names[i], text));
}

/* Each level names the one before twice: 2^60 parts. */
static void test_name_that_explodes(void **state) {
  (void)state;
  char name[1024] = "_Z1fSt4pairIiiE";
  size_t bytes = strlen(name);
  bytes += (size_t)snprintf(name + bytes, sizeof name - bytes, "S_IS0_S0_E");
  for (int i = 1; i < 60; i++) {
    char digit[3] = {0};
    int number = i; /* S<base 36>_ is the substitution before: the previous pair */
    digit[0] = number < 36 ? "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number] : '1';
    if (number >= 36)
      digit[1] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number - 36];
    bytes += (size_t)snprintf(name + bytes, sizeof name - bytes, "S_IS%s_S%s_E", digit, digit);
  }
  assert_true(demangle(name, text));
  assert_int_equal(strlen(text), DEMANGLE_BYTES - 1);
  assert_string_equal(text + DEMANGLE_BYTES - 4, "...");
}

/* More lifetimes than can be counted in a year, where nothing of them is printed. */
static void test_lifetimes_without_end(void **state) {
  (void)state;
  assert_false(demangle("_RMYFGGFRY_FFGGRYFRG_", text));
  assert_true(demangle("_RMC0FG1_RL0_hEu", text)); /* a few are sound */
  assert_non_null(strstr(text, "for<"));
}

/* Deep nesting is refused or cut, not followed until the stack is full. */
static void test_deep_names(void **state) {
  (void)state;
  static const char *const openings[] = {"_Z1f", "_RMC0", "_RNvC0"};
  static char name[200000];
  for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
    for (const char *letter = "PNIRSBTKHF"; *letter; letter++) {
      memset(name, *letter, sizeof name - 1);
      memcpy(name, openings[i], strlen(openings[i]));
      if (demangle(name, text))
        assert_true(strlen(text) < DEMANGLE_BYTES);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_known_names),        cmocka_unit_test(test_plain_names),
      cmocka_unit_test(test_name_that_explodes), cmocka_unit_test(test_lifetimes_without_end),
      cmocka_unit_test(test_deep_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Which names are the same, and how calls are numbered.
 */
#include "stock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void copies_of_a_function_are_that_function(void **state) {
  (void)state;
  static const char *const copies[] = {"parse.constprop.0", "parse.isra.0.cold", "parse.part.12",
                                       "parse.cold",        "parse.lto_priv.3",  "parse.llvm.123"};
  struct identity parse = stock_call(1, "parse", "a.c", 1), other;
  for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
    other = stock_call(2, copies[i], "a.c", 1);
    assert_int_equal(identity_compare_function(&parse, &other), 0);
  }
  static const char *const others[] = {"parser", "pars", ".part.1", "parse.partial", "", NULL};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    other = stock_call(2, others[i], "a.c", 1);
    assert_int_not_equal(identity_compare_function(&parse, &other), 0);
    assert_int_equal(identity_compare_function(&parse, &other) > 0,
                     identity_compare_function(&other, &parse) < 0);
  }
}

static void directories_do_not_count(void **state) {
  (void)state;
  struct identity a = stock_call(1, "f", "/home/one/src/a.c", 1);
  struct identity b = stock_call(2, "f", "/build/a.c", 9), none = stock_call(2, "f", NULL, 9);
  assert_int_equal(identity_compare_place(&a, &b), 0);
  assert_int_not_equal(identity_compare(&a, &b), 0);
  assert_int_not_equal(identity_compare_place(&a, &none), 0);
}

static void a_build_is_known_by_its_id(void **state) {
  (void)state;
  struct identity one = stock_call(1, "f", "a.c", 1), two = stock_call(2, "f", "a.c", 1);
  struct identity none = stock_call(0, "f", "a.c", 1), copy = one;
  copy.module = "demo.old";
  assert_true(identity_same_build(&one, &copy));
  assert_int_equal(identity_compare_exact(&one, &copy), 0);
  assert_false(identity_same_build(&one, &two));
  assert_false(identity_same_build(&none, &none));
}

static void calls_are_numbered_within_function_and_file(void **state) {
  (void)state;
  struct identity calls[] = {stock_call(1, "g", "a.c", 7), stock_call(1, "f", "b.c", 1),
                             stock_call(1, "f", "a.c", 30), stock_call(1, "f", "a.c", 10),
                             stock_call(1, "f", "a.c", 20)};
  identity_number(calls, 5, sizeof *calls);
  static const uint32_t expected[][3] = {{10, 1, 3}, {20, 2, 3}, {30, 3, 3}, {1, 1, 1}, {7, 1, 1}};
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(calls[i].line, expected[i][0]);
    assert_int_equal(calls[i].call, expected[i][1]);
    assert_int_equal(calls[i].calls, expected[i][2]);
  }
  identity_number(NULL, 0, sizeof *calls);
}

static void texts_are_harmless_and_cut(void **state) {
  (void)state;
  static char name[10001];
  char text[IDENTITY_BYTES];
  memset(name, 'a', sizeof name - 1);
  struct identity identity = stock_call(1, name, "\x1b[31m\n.c", 3);
  identity_text(text, &identity);
  assert_true(strlen(text) < 400);
  assert_null(strpbrk(text, "\x1b\n"));
  identity = (struct identity){.module = "libx.so", .offset = 0x123};
  assert_string_equal(identity_text(text, &identity), "libx.so+0x123");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(copies_of_a_function_are_that_function),
      cmocka_unit_test(directories_do_not_count),
      cmocka_unit_test(a_build_is_known_by_its_id),
      cmocka_unit_test(calls_are_numbered_within_function_and_file),
      cmocka_unit_test(texts_are_harmless_and_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/escape.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BAD "\xef\xbf\xbd" /* U+FFFD */

static void escape_makes_harmless(void **state) {
  (void)state;
  static const struct {
    const char *text, *harmless;
  } cases[] = {{"plain", "plain"},
               {"\x1b[31mred\x1b[0m", BAD "[31mred" BAD "[0m"},
               {"two\nlines\r", "two" BAD "lines" BAD},
               {"del\x7f", "del" BAD},
               {"c1 \xc2\x9b"
                "31m",
                "c1 " BAD "31m"},
               {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
                "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"},
               {"rtl \xe2\x80\xae"
                "evil",
                "rtl " BAD "evil"},
               {"\xff\xfe", BAD BAD},
               {"overlong \xc0\xaf", "overlong " BAD BAD},
               {"overlong \xe0\x80\xaf", "overlong " BAD BAD BAD},
               {"surrogate \xed\xa0\x80", "surrogate " BAD BAD BAD},
               {"too high \xf4\x90\x80\x80", "too high " BAD BAD BAD BAD},
               {"cut \xe2\x82", "cut " BAD BAD},
               {NULL, "?"}};
  char out[128];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(escape_text(out, sizeof out, 0, cases[i].text), cases[i].harmless);
}

static void escape_cuts_long_names(void **state) {
  (void)state;
  char out[64], *name = malloc(10001);
  assert_non_null(name);
  memset(name, 'x', 10000);
  name[10000] = '\0';
  assert_string_equal(escape_text(out, sizeof out, 10, name), "xxxxxxx...");
  escape_text(out, 20, 0, name);
  assert_true(strlen(out) < 20 && strlen(out) > 10);
  assert_string_equal(out + strlen(out) - 3, "...");
  assert_string_equal(escape_text(out, sizeof out, 10, "0123456789"), "0123456789");
  assert_string_equal(escape_text(out, sizeof out, 10, "0123456789a"), "0123456...");
  free(name);
}

/* Any bytes in any room: the result is terminated, harmless and whole characters. */
static void escape_bears_anything(void **state) {
  (void)state;
  unsigned seed = 5;
  for (int i = 0; i < 20000; i++) {
    char text[64], out[80];
    size_t length = (size_t)rand_r(&seed) % 63, bytes = 16 + (size_t)rand_r(&seed) % 64;
    for (size_t k = 0; k < length; k++)
      text[k] = (char)(1 + rand_r(&seed) % 255);
    text[length] = '\0';
    escape_text(out, bytes, (size_t)rand_r(&seed) % 70, text);
    assert_true(strnlen(out, bytes) < bytes);
    const char *at = out;
    for (uint32_t character; (character = escape_next(&at));)
      assert_true(escape_harmless(character));
    assert_ptr_equal(at, out + strlen(out));
  }
}

static void escape_encodes_what_it_reads(void **state) {
  (void)state;
  for (uint32_t character = 1; character <= 0x10ffff; character += 7) {
    char bytes[5] = "";
    const char *at = bytes;
    if (character >= 0xd800 && character <= 0xdfff)
      continue;
    size_t length = escape_encode(bytes, character);
    assert_int_equal(escape_next(&at), character);
    assert_ptr_equal(at, bytes + length);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(escape_makes_harmless),
      cmocka_unit_test(escape_cuts_long_names),
      cmocka_unit_test(escape_bears_anything),
      cmocka_unit_test(escape_encodes_what_it_reads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

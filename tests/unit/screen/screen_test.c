/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "report/escape.h"
#include "screen/screen.h"

#include <string.h>

static struct screen screen;

static int setup(void **state) {
  (void)state;
  screen = (struct screen){.unicode = true};
  return screen_resize(&screen, 3, 10) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  screen_release(&screen);
  return 0;
}

static const struct screen_cell *cell(int row, int column) {
  return &screen.cells[row * screen.columns + column];
}

/* Every row's widths add up: no half of a wide character stands alone. */
static void expect_whole(void) {
  for (int row = 0; row < screen.rows; row++)
    for (int column = 0; column < screen.columns; column += cell(row, column)->width) {
      assert_in_range(cell(row, column)->width, 1, 2);
      if (cell(row, column)->width == 2) {
        assert_true(column + 1 < screen.columns);
        assert_int_equal(cell(row, column + 1)->width, 0);
      }
    }
}

static void expect_row(int row, const char *expected) {
  char text[256] = "";
  size_t used = 0;
  for (int column = 0; column < screen.columns; column++)
    for (int i = 0; i < 3 && cell(row, column)->width; i++) {
      uint32_t character = cell(row, column)->text[i];
      if (character || i == 0)
        used += escape_encode(text + used, character ? character : ' ');
    }
  text[used] = '\0';
  expect_whole();
  assert_string_equal(text, expected);
}

static void a_new_screen_is_blank(void **state) {
  (void)state;
  expect_row(0, "          ");
  expect_row(2, "          ");
}

static void text_is_put_and_counted(void **state) {
  (void)state;
  assert_int_equal(screen_put(&screen, 1, 2, 5, STYLE_LEAK, "abc"), 3);
  expect_row(1, "  abc     ");
  assert_int_equal(cell(1, 2)->style, STYLE_LEAK);
  assert_int_equal(cell(1, 5)->style, STYLE_TEXT);
}

static void cut_text_ends_in_an_ellipsis(void **state) {
  (void)state;
  assert_int_equal(screen_put(&screen, 0, 0, 4, STYLE_TEXT, "abcdef"), 4);
  expect_row(0, "abc\u2026      ");
  screen.unicode = false;
  screen_put(&screen, 0, 0, 4, STYLE_TEXT, "abcdef");
  expect_row(0, "abc~      ");
}

static void text_that_just_fits_is_not_cut(void **state) {
  (void)state;
  screen_put(&screen, 0, 0, 4, STYLE_TEXT, "abcd");
  expect_row(0, "abcd      ");
}

static void nothing_is_written_outside(void **state) {
  (void)state;
  assert_int_equal(screen_put(&screen, -1, 0, 5, STYLE_TEXT, "x"), 0);
  assert_int_equal(screen_put(&screen, 3, 0, 5, STYLE_TEXT, "x"), 0);
  assert_int_equal(screen_put(&screen, 0, 10, 5, STYLE_TEXT, "x"), 0);
  assert_int_equal(screen_put(&screen, 0, 0, 0, STYLE_TEXT, "x"), 0);
  assert_int_equal(screen_put(&screen, 0, 0, -5, STYLE_TEXT, "x"), 0);
  screen_put(&screen, 0, 8, 1000, STYLE_TEXT, "xyz");
  expect_row(0, "        x\u2026");
  expect_row(1, "          ");
}

static void wide_characters_take_two_columns(void **state) {
  (void)state;
  assert_int_equal(screen_put(&screen, 0, 0, 10, STYLE_TEXT, "\u6f22a\u5b57"), 5);
  expect_row(0, "\u6f22a\u5b57     ");
}

static void a_wide_character_is_never_halved(void **state) {
  (void)state;
  assert_int_equal(screen_put(&screen, 0, 0, 3, STYLE_TEXT, "\u6f22\u5b57"), 3);
  expect_row(0, "\u6f22\u2026       ");
  screen_put(&screen, 0, 9, 5, STYLE_TEXT, "\u6f22");
  expect_row(0, "\u6f22\u2026      \u2026");
}

static void writing_over_half_of_a_wide_character_blanks_the_other(void **state) {
  (void)state;
  screen_put(&screen, 0, 0, 10, STYLE_TEXT, "\u6f22\u5b57");
  screen_put(&screen, 0, 1, 1, STYLE_TEXT, "x");
  expect_row(0, " x\u5b57      ");
  screen_put(&screen, 0, 2, 1, STYLE_TEXT, "y");
  expect_row(0, " xy       ");
  screen_put(&screen, 0, 0, 10, STYLE_TEXT, "\u6f22\u5b57");
  screen_put(&screen, 0, 1, 2, STYLE_TEXT, "\u5b57");
  expect_row(0, " \u5b57       ");
}

static void two_combining_characters_stay_with_their_base(void **state) {
  (void)state;
  assert_int_equal(screen_put(&screen, 0, 0, 10, STYLE_TEXT, "e\u0301\u0302\u0303x"), 2);
  expect_row(0, "e\u0301\u0302x        ");
  assert_int_equal(screen_put(&screen, 1, 0, 10, STYLE_TEXT, "\u0301x"), 1);
  expect_row(1, "x         ");
}

static void hostile_text_is_harmless(void **state) {
  (void)state;
  screen_put(&screen, 0, 0, 10, STYLE_TEXT, "a\x1b[2J\nb\xff");
  expect_row(0, "a\u241b[2J\u240ab\ufffd  ");
}

static void numbers_stand_right(void **state) {
  (void)state;
  screen_put_right(&screen, 0, 2, 6, STYLE_TEXT, "42");
  expect_row(0, "      42  ");
  screen_put_right(&screen, 0, 0, 3, STYLE_TEXT, "12345");
  expect_row(0, "12\u2026   42  ");
}

static void painting_changes_styles_alone(void **state) {
  (void)state;
  screen_put(&screen, 0, 0, 10, STYLE_TEXT, "abc");
  screen_paint(&screen, 0, 1, 100, STYLE_CURSOR);
  expect_row(0, "abc       ");
  assert_int_equal(cell(0, 0)->style, STYLE_TEXT);
  assert_int_equal(cell(0, 9)->style, STYLE_CURSOR);
}

static void matches_are_lit_whatever_their_case(void **state) {
  (void)state;
  screen_put(&screen, 0, 0, 10, STYLE_TEXT, "xAbab");
  screen_highlight(&screen, 0, "ab", STYLE_MATCH);
  assert_int_equal(cell(0, 0)->style, STYLE_TEXT);
  for (int column = 1; column < 5; column++)
    assert_int_equal(cell(0, column)->style, STYLE_MATCH);
  assert_int_equal(cell(0, 5)->style, STYLE_TEXT);
}

static void bars_fill_their_share(void **state) {
  (void)state;
  screen_bar(&screen, 0, 0, 4, STYLE_BAR, 0.5);
  expect_row(0, "\u2588\u2588        ");
  screen_bar(&screen, 0, 0, 4, STYLE_BAR, 7);
  expect_row(0, "\u2588\u2588\u2588\u2588      ");
  screen_bar(&screen, 0, 0, 4, STYLE_BAR, 0.0001);
  expect_row(0, "\u258f         ");
  screen_bar(&screen, 0, 0, 4, STYLE_BAR, 0.0 / 1);
  expect_row(0, "          ");
  screen.unicode = false;
  screen_bar(&screen, 0, 0, 4, STYLE_BAR, 0.75);
  expect_row(0, "###       ");
}

static void resizing_blanks_and_keeps_at_least_one_cell(void **state) {
  (void)state;
  screen_put(&screen, 0, 0, 10, STYLE_TEXT, "abc");
  assert_true(screen_resize(&screen, 0, -3));
  assert_int_equal(screen.rows, 1);
  assert_int_equal(screen.columns, 1);
  expect_row(0, " ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_new_screen_is_blank),
      TEST(text_is_put_and_counted),
      TEST(cut_text_ends_in_an_ellipsis),
      TEST(text_that_just_fits_is_not_cut),
      TEST(nothing_is_written_outside),
      TEST(wide_characters_take_two_columns),
      TEST(a_wide_character_is_never_halved),
      TEST(writing_over_half_of_a_wide_character_blanks_the_other),
      TEST(two_combining_characters_stay_with_their_base),
      TEST(hostile_text_is_harmless),
      TEST(numbers_stand_right),
      TEST(painting_changes_styles_alone),
      TEST(matches_are_lit_whatever_their_case),
      TEST(bars_fill_their_share),
      TEST(resizing_blanks_and_keeps_at_least_one_cell),
  };
  return cmocka_run_group_tests_name("screen", tests, set_locale, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/table.h"

#include <stdio.h>
#include <string.h>

/* A table of numbers: row i shows i. */
static void draw_number(void *data, size_t row, struct screen *screen, int at) {
  char text[16];
  (void)data;
  snprintf(text, sizeof text, "%zu", row);
  screen_put(screen, at, 0, 10, STYLE_TEXT, text);
}

static bool matches_number(void *data, size_t row, const char *needle) {
  char text[16];
  (void)data;
  snprintf(text, sizeof text, "%zu", row);
  return strstr(text, needle) != NULL;
}

static const struct table_rows numbers = {draw_number, matches_number};
static struct table table;
static struct screen screen;

static int setup(void **state) {
  (void)state;
  table = (struct table){0};
  screen = (struct screen){0};
  return screen_resize(&screen, 8, 10) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  screen_release(&screen);
  return 0;
}

static void draw(size_t count) {
  table_count(&table, count);
  screen_clear(&screen);
  table_draw(&table, &screen, 2, 5, &numbers, NULL);
}

static void act(enum action action) {
  struct key key = {0};
  assert_true(table_act(&table, action, &key, NULL));
}

/* The window and the cursor are where they must be, whatever was done. */
static void expect(size_t cursor, size_t top) {
  assert_int_equal(table.cursor, cursor);
  assert_int_equal(table.top, top);
}

static void moving_scrolls_as_little_as_it_can(void **state) {
  (void)state;
  draw(20);
  for (int i = 0; i < 4; i++)
    act(ACTION_DOWN);
  expect(4, 0);
  act(ACTION_DOWN);
  expect(5, 1);
  act(ACTION_UP);
  expect(4, 1);
}

static void both_ends_stop(void **state) {
  (void)state;
  draw(20);
  act(ACTION_UP);
  expect(0, 0);
  act(ACTION_LAST);
  expect(19, 15);
  act(ACTION_DOWN);
  act(ACTION_PAGE_DOWN);
  expect(19, 15);
  act(ACTION_FIRST);
  expect(0, 0);
  act(ACTION_PAGE_UP);
  expect(0, 0);
}

static void pages_overlap_by_a_row(void **state) {
  (void)state;
  draw(20);
  act(ACTION_PAGE_DOWN);
  expect(4, 0);
  act(ACTION_PAGE_DOWN);
  expect(8, 4);
  act(ACTION_PAGE_UP);
  expect(4, 4);
}

static void an_empty_table_does_nothing(void **state) {
  (void)state;
  draw(0);
  static const enum action moves[] = {ACTION_DOWN,    ACTION_UP,    ACTION_PAGE_DOWN,
                                      ACTION_PAGE_UP, ACTION_FIRST, ACTION_LAST};
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
    act(moves[i]);
    expect(0, 0);
  }
  assert_false(table_find(&table, 0, 1, "1", &numbers, NULL));
}

static void fewer_rows_pull_the_cursor_back(void **state) {
  (void)state;
  draw(20);
  act(ACTION_LAST);
  draw(3);
  expect(2, 0);
}

static void a_moved_row_stays_at_its_height(void **state) {
  (void)state;
  draw(40);
  for (int i = 0; i < 10; i++)
    act(ACTION_DOWN);
  expect(10, 6);
  table_move_to(&table, 30);
  draw(40);
  expect(30, 26);
  table_move_to(&table, 1);
  draw(40);
  expect(1, 0);
}

static void rows_are_drawn_where_they_belong(void **state) {
  (void)state;
  draw(20);
  act(ACTION_LAST);
  draw(20);
  assert_int_equal(screen.cells[2 * 10].text[0], '1');
  assert_int_equal(screen.cells[2 * 10 + 1].text[0], '5');
  assert_int_equal(screen.cells[6 * 10 + 1].text[0], '9');
  assert_int_equal(screen.cells[6 * 10 + 5].style, STYLE_CURSOR);
  assert_int_equal(screen.cells[1 * 10].text[0], 0);
  assert_int_equal(screen.cells[7 * 10].text[0], 0);
}

static void a_click_selects_and_a_second_opens(void **state) {
  (void)state;
  bool open = false;
  struct key key = {.code = KEY_CODE_CLICK, .row = 4};
  draw(20);
  assert_true(table_act(&table, ACTION_POINT, &key, &open));
  expect(2, 0);
  assert_false(open);
  assert_true(table_act(&table, ACTION_POINT, &key, &open));
  assert_true(open);
  open = false;
  key.row = 0; /* above the table */
  table_act(&table, ACTION_POINT, &key, &open);
  key.row = 7; /* below */
  table_act(&table, ACTION_POINT, &key, &open);
  expect(2, 0);
  assert_false(open);
}

static void search_goes_round_both_ways(void **state) {
  (void)state;
  draw(20);
  assert_true(table_find(&table, 0, 1, "7", &numbers, NULL));
  assert_int_equal(table.cursor, 7);
  assert_true(table_find(&table, 8, 1, "7", &numbers, NULL));
  assert_int_equal(table.cursor, 17);
  assert_true(table_find(&table, 18, 1, "7", &numbers, NULL));
  assert_int_equal(table.cursor, 7);
  assert_true(table_find(&table, 6, -1, "7", &numbers, NULL));
  assert_int_equal(table.cursor, 17);
  assert_false(table_find(&table, 6, -1, "x", &numbers, NULL));
  assert_int_equal(table.cursor, 17);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(moving_scrolls_as_little_as_it_can),
      TEST(both_ends_stop),
      TEST(pages_overlap_by_a_row),
      TEST(an_empty_table_does_nothing),
      TEST(fewer_rows_pull_the_cursor_back),
      TEST(a_moved_row_stays_at_its_height),
      TEST(rows_are_drawn_where_they_belong),
      TEST(a_click_selects_and_a_second_opens),
      TEST(search_goes_round_both_ways),
  };
  return cmocka_run_group_tests_name("table", tests, set_locale, NULL);
}

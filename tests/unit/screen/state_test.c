/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "report/columns.h"
#include "screen/state.h"
#include "screen/views.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/seep-state-XXXXXX";
static char path[PATH_MAX];

static int make_folder(void **state) {
  snprintf(folder, sizeof folder, "/tmp/seep-state-XXXXXX");
  if (!mkdtemp(folder))
    return -1;
  snprintf(path, sizeof path, "%s/config/seep/view", folder);
  return set_locale(state);
}

static int remove_folder(void **state) {
  char part[PATH_MAX];
  (void)state;
  unlink(path);
  snprintf(part, sizeof part, "%s/config/seep", folder);
  rmdir(part);
  snprintf(part, sizeof part, "%s/config", folder);
  rmdir(part);
  return rmdir(folder); /* fails when anything else was left */
}

static void write_text(const char *text, size_t bytes) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, bytes, file), bytes);
  fclose(file);
}

#define CHOSEN (1u << COLUMN_MEDIAN | 1u << COLUMN_BYTES_PER_UNIT)

/* Every table has chosen columns, and is sorted by what it alone has. */
static struct state some_state(void) {
  struct state some = {.figures = FIGURE_SET_CHOSEN,
                       .order.reverse = true,
                       .theme = THEME_LIGHT,
                       .sort = ANALYSIS_SORT_MEDIAN};
  for (size_t i = 0; i < VIEWS_COUNT; i++) {
    const struct grid_table *table = views_ops(i)->grid;
    if (!table)
      continue;
    size_t number = views_of_table(table);
    some.columns[number] = CHOSEN | 1u << (COLUMN_COUNT + table->own_count - 1);
    some.order.own[number] = (uint8_t)table->own_count;
  }
  return some;
}

static void what_is_written_is_read(void **state) {
  (void)state;
  struct state read = {0}, some = some_state();
  assert_true(state_write(&some, path));
  state_read(&read, path);
  assert_true(state_same(&read, &some));
}

static void only_the_owner_can_read_it(void **state) {
  (void)state;
  struct stat info;
  struct state some = some_state();
  assert_true(state_write(&some, path));
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0600);
}

static void it_is_replaced_whole(void **state) {
  (void)state;
  struct stat before, after;
  struct state some = some_state();
  assert_true(state_write(&some, path));
  assert_int_equal(stat(path, &before), 0);
  assert_true(state_write(&some, path));
  assert_int_equal(stat(path, &after), 0);
  assert_int_not_equal(before.st_ino, after.st_ino);
}

static void where_there_is_none_nothing_changes(void **state) {
  (void)state;
  struct state some = some_state(), read = some;
  state_read(&read, "/nonesuch/view");
  assert_true(state_same(&read, &some));
}

static void garbage_changes_nothing(void **state) {
  (void)state;
  char noise[10000];
  struct state some = some_state();
  for (size_t i = 0; i < sizeof noise; i++)
    noise[i] = (char)(i * 7919 >> 3);
  const struct {
    const char *text;
    size_t bytes;
  } cases[] = {{"", 0},
               {"\n\n \n", 4},
               {"sort\n", 5},
               {"sort nonsense\nfigures 7\ntheme \x1b[31m\ncolumns.sites none of them\n", 62},
               {"columns.\ncolumns.none peak\nsort.threads outstanding\nsort.sites\n", 63},
               {noise, sizeof noise}};
  assert_true(state_write(&some, path));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct state read = some;
    write_text(cases[i].text, cases[i].bytes);
    state_read(&read, path);
    assert_true(state_same(&read, &some));
  }
}

static void what_makes_sense_is_taken(void **state) {
  (void)state;
  static const char text[] = "later 1\nsort growth\ncolumns.sites peak nonsense oldest\n"
                             "sort.threads others'-freed\n";
  struct state read = {0}, some = some_state();
  assert_true(state_write(&some, path));
  write_text(text, sizeof text - 1);
  state_read(&read, path);
  assert_int_equal(read.sort, ANALYSIS_SORT_GROWTH);
  assert_int_equal(read.columns[0], 1u << COLUMN_PEAK_BYTES | 1u << COLUMN_OLDEST);
  assert_int_equal(read.order.own[views_of_action(ACTION_VIEW_THREADS)], 3);
}

static void a_folder_that_cannot_be_made_is_told(void **state) {
  (void)state;
  struct state some = some_state();
  assert_false(state_write(&some, "/proc/nonesuch/seep/view"));
}

static void the_path_is_where_the_environment_says(void **state) {
  (void)state;
  char found[PATH_MAX];
  setenv("XDG_CONFIG_HOME", "/etc/xdg", 1);
  assert_true(state_path(found, sizeof found));
  assert_string_equal(found, "/etc/xdg/seep/view");
  setenv("XDG_CONFIG_HOME", "relative", 1);
  setenv("HOME", "/home/u", 1);
  assert_true(state_path(found, sizeof found));
  assert_string_equal(found, "/home/u/.config/seep/view");
  unsetenv("HOME");
  assert_false(state_path(found, sizeof found));
  setenv("HOME", "/home/u", 1);
  assert_false(state_path(found, 10));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),
      cmocka_unit_test(only_the_owner_can_read_it),
      cmocka_unit_test(it_is_replaced_whole),
      cmocka_unit_test(where_there_is_none_nothing_changes),
      cmocka_unit_test(garbage_changes_nothing),
      cmocka_unit_test(what_makes_sense_is_taken),
      cmocka_unit_test(a_folder_that_cannot_be_made_is_told),
      cmocka_unit_test(the_path_is_where_the_environment_says),
  };
  return cmocka_run_group_tests_name("state", tests, make_folder, remove_folder);
}

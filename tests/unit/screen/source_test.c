/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_main.h"

#include "screen/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/seep-source-XXXXXX";
static struct source source;

static void write_file(const char *bytes, size_t count) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, count, file), count);
  assert_int_equal(fclose(file), 0);
}

static int setup(void **state) {
  (void)state;
  strcpy(path + strlen(path) - 6, "XXXXXX");
  int descriptor = mkstemp(path);
  return descriptor < 0 ? -1 : close(descriptor);
}

static int teardown(void **state) {
  (void)state;
  source_release(&source);
  return unlink(path);
}

static void lines_are_found_by_number(void **state) {
  (void)state;
  write_file("one\ntwo\r\n\nfour", 15);
  source_load(&source, path);
  assert_int_equal(source.line_count, 4);
  assert_string_equal(source_line(&source, 1), "one");
  assert_string_equal(source_line(&source, 2), "two");
  assert_string_equal(source_line(&source, 3), "");
  assert_string_equal(source_line(&source, 4), "four");
  assert_null(source_line(&source, 0));
  assert_null(source_line(&source, 5));
}

static void an_empty_file_has_no_lines(void **state) {
  (void)state;
  source_load(&source, path);
  assert_non_null(source.text);
  assert_null(source_line(&source, 1));
}

static void only_regular_files_of_bounded_size_are_read(void **state) {
  (void)state;
  source_load(&source, "/dev/zero");
  assert_null(source.text);
  source_load(&source, "/");
  assert_null(source.text);
  source_load(&source, "relative.c");
  assert_null(source.text);
  assert_int_equal(truncate(path, (off_t)SOURCE_BYTES_LIMIT + 1), 0);
  source_load(&source, path);
  assert_null(source.text);
  assert_null(source_line(&source, 1));
}

static void a_pipe_is_not_waited_for(void **state) {
  (void)state;
  assert_int_equal(unlink(path), 0);
  assert_int_equal(mkfifo(path, 0600), 0);
  source_load(&source, path);
  assert_null(source.text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(lines_are_found_by_number, setup, teardown),
      cmocka_unit_test_setup_teardown(an_empty_file_has_no_lines, setup, teardown),
      cmocka_unit_test_setup_teardown(only_regular_files_of_bounded_size_are_read, setup, teardown),
      cmocka_unit_test_setup_teardown(a_pipe_is_not_waited_for, setup, teardown),
  };
  return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}

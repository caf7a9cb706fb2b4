/* SPDX-License-Identifier: Apache-2.0
 *
 * A baseline is read as it was written, whatever the names are, and nothing else is taken for one.
 */
#include "compare/baseline.h"
#include "stock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD "seep-baseline 1 per unit\n"
#define SITE "152\t1\tdemo\t1234\tf\t1/1\ta.c\t10\t0\n"

static char *written(const struct inventory *inventory, size_t *count) {
  char *text;
  size_t bytes;
  FILE *out = open_memstream(&text, &bytes);
  assert_non_null(out);
  *count = baseline_write(out, inventory);
  fclose(out);
  return text;
}

static enum trace_status read_text(const char *text, struct baseline **baseline,
                                   struct trace_error *error) {
  char path[64];
  stock_file(path, text);
  enum trace_status status = baseline_read(path, baseline, error);
  unlink(path);
  return status;
}

/* Writes and reads an inventory; every site is found again, with its figures per `divisor`. */
static void expect_round_trip(const struct inventory *inventory, double divisor) {
  struct baseline *baseline;
  struct trace_error error;
  size_t count;
  char *text = written(inventory, &count);
  assert_int_equal(count, inventory->count);
  assert_int_equal(read_text(text, &baseline, &error), TRACE_OK);
  assert_int_equal(baseline->count, inventory->count);
  const struct baseline_entry **entries = baseline_match(baseline, inventory);
  assert_non_null(entries);
  for (size_t i = 0; i < inventory->count; i++) {
    assert_non_null(entries[i]);
    assert_int_equal(identity_compare(&entries[i]->identity, &inventory->list[i].identity), 0);
    assert_int_equal(entries[i]->identity.call, inventory->list[i].identity.call);
    assert_true(entries[i]->bytes == (double)inventory->list[i].bytes / divisor);
    assert_true(entries[i]->blocks == (double)inventory->list[i].blocks / divisor);
  }
  free(entries);
  baseline_free(baseline);
  free(text);
}

static void what_was_written_is_read(void **state) {
  (void)state;
  const struct holding list[] = {
      stock_holding(stock_call(1, "f", "/src/a.c", 10), 1, 100, 1),
      stock_holding(stock_call(1, "f", "/src/a.c", 20), 7, 1001, 1),
      stock_holding(stock_call(0, "g", NULL, 0), 1, UINT64_C(1) << 40, 1),
      stock_holding(stock_call(2, NULL, NULL, 0), 3, 0, 1)};
  struct inventory inventory = stock_inventory(list, 4, 3, 1);
  inventory.list[0].identity.offset = 0xdeadbeef;
  expect_round_trip(&inventory, 3);
  inventory.units = 0;
  expect_round_trip(&inventory, 1);
  inventory_release(&inventory);
}

static void hostile_names_are_read_as_they_are(void **state) {
  (void)state;
  static char long_name[10001];
  memset(long_name, 'x', sizeof long_name - 1);
  const char *const names[] = {"-",    "%2D", "a\tb\nc\r", "\x1b[31m",     "100%",
                               "# no", "",    long_name,   "f(int, char)", "\xff\xfe"};
  enum { COUNT = sizeof names / sizeof *names };
  struct holding list[COUNT];
  for (size_t i = 0; i < COUNT; i++)
    list[i] = stock_holding(stock_call(1, names[i], "-", (uint32_t)i + 1), 1, i, 1);
  list[6].identity.function = "%"; /* no compiler gives an empty name */
  struct inventory inventory = stock_inventory(list, COUNT, 0, 1);
  expect_round_trip(&inventory, 1);
  size_t count, lines = 0;
  char *text = written(&inventory, &count);
  for (const char *at = text; *at; at++) {
    assert_true((unsigned char)*at >= 0x20 || *at == '\n' || *at == '\t');
    lines += *at == '\n';
  }
  assert_int_equal(lines, COUNT + 2);
  free(text);
  inventory_release(&inventory);
}

static void what_holds_nothing_is_not_written(void **state) {
  (void)state;
  const struct holding list[] = {stock_holding(stock_call(1, "f", "a.c", 10), 0, 0, 50),
                                 stock_holding(stock_call(1, "f", "a.c", 20), 1, 64, 1)};
  struct inventory inventory = stock_inventory(list, 2, 0, 1);
  struct baseline *baseline;
  struct trace_error error;
  size_t count;
  char *text = written(&inventory, &count);
  assert_int_equal(count, 1);
  assert_int_equal(read_text(text, &baseline, &error), TRACE_OK);
  assert_int_equal(baseline->list[0].identity.call, 2);
  assert_int_equal(baseline->list[0].identity.calls, 2);
  assert_false(baseline->per_unit);
  baseline_free(baseline);
  free(text);
  inventory_release(&inventory);
}

/* The second call of f stands in the baseline; another build has both further down. */
static void another_build_finds_its_calls(void **state) {
  (void)state;
  const struct holding list[] = {stock_holding(stock_call(2, "f", "a.c", 110), 1, 1, 1),
                                 stock_holding(stock_call(2, "f", "a.c", 125), 1, 1, 1),
                                 stock_holding(stock_call(2, "g", "a.c", 20), 1, 1, 1)};
  struct inventory inventory = stock_inventory(list, 3, 1, 1);
  struct baseline *baseline;
  struct trace_error error;
  assert_int_equal(
      read_text(HEAD "152\t1\tdemo\t1234\tf\t2/2\t/old/a.c\t20\t0\n", &baseline, &error), TRACE_OK);
  const struct baseline_entry **entries = baseline_match(baseline, &inventory);
  assert_null(entries[0]);
  assert_ptr_equal(entries[1], &baseline->list[0]);
  assert_null(entries[2]);
  free(entries);
  baseline_free(baseline);
  inventory_release(&inventory);
}

static void comments_and_no_sites_are_fine(void **state) {
  (void)state;
  struct baseline *baseline;
  struct trace_error error;
  assert_int_equal(read_text(HEAD, &baseline, &error), TRACE_OK);
  assert_int_equal(baseline->count, 0);
  assert_true(baseline->per_unit);
  baseline_free(baseline);
  assert_int_equal(read_text(HEAD "# known\n\n" SITE "\r\n", &baseline, &error), TRACE_OK);
  assert_int_equal(baseline->count, 1);
  baseline_free(baseline);
}

static void what_is_no_baseline_is_named_by_its_line(void **state) {
  (void)state;
  static const struct {
    const char *text, *line;
  } wrong[] = {
      {"", "line 1 "},
      {"\n" HEAD, "line 1 "},
      {"seep-baseline 2 per unit\n", "line 1 "},
      {HEAD "152\n", "line 2 "},
      {HEAD SITE "x\t1\tdemo\t1234\tf\t1/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "-1\t1\tdemo\t1234\tf\t1/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "inf\t1\tdemo\t1234\tf\t1/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\tnan\tdemo\t1234\tf\t1/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\t1\t-\t1234\tf\t1/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t123\tf\t1/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t12xy\tf\t1/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t1234\t%\t1/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t1234\t%00\t1/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t1234\tf\t0/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t1234\tf\t2/1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t1234\tf\t1\ta.c\t10\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t1234\tf\t1/1\ta.c\t4294967296\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t1234\tf\t1/1\ta.c\t-1\t0\n", "line 3 "},
      {HEAD SITE "1\t1\tdemo\t1234\tf\t1/1\ta.c\t10\t0\tmore\n", "line 3 "},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct baseline *baseline;
    struct trace_error error;
    if (read_text(wrong[i].text, &baseline, &error) != TRACE_READ || baseline)
      fail_msg("was read: %s", wrong[i].text);
    if (strncmp(error.detail, wrong[i].line, strlen(wrong[i].line)) != 0)
      fail_msg("'%s' for: %s", error.detail, wrong[i].text);
  }
}

static void a_file_that_is_not_there(void **state) {
  (void)state;
  struct baseline *baseline;
  struct trace_error error;
  assert_int_equal(baseline_read("/no/such/file", &baseline, &error), TRACE_NOT_FOUND);
  assert_null(baseline);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_written_is_read),
      cmocka_unit_test(hostile_names_are_read_as_they_are),
      cmocka_unit_test(what_holds_nothing_is_not_written),
      cmocka_unit_test(another_build_finds_its_calls),
      cmocka_unit_test(comments_and_no_sites_are_fine),
      cmocka_unit_test(what_is_no_baseline_is_named_by_its_line),
      cmocka_unit_test(a_file_that_is_not_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

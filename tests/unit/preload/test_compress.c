/* SPDX-License-Identifier: Apache-2.0
 *
 * Payloads are compressed on the workspace's memory, whatever their size, and come back the same.
 */
#include "compress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

static struct workspace *workspace;
static uint8_t plain_again[WORKSPACE_PLAIN];

static int make_workspace(void **state) {
  (void)state;
  workspace = aligned_alloc(64, sizeof *workspace);
  if (!workspace)
    return -1;
  memset(workspace, 0, sizeof *workspace);
  return 0;
}

static int free_workspace(void **state) {
  (void)state;
  free(workspace);
  return 0;
}

/* Bytes that pack to about a third, the same each time. */
static void fill(size_t bytes, unsigned noise) {
  unsigned random = 1;
  for (size_t i = 0; i < bytes; i++) {
    random = random * 1103515245u + 12345u;
    workspace->plain[i] = (random >> 16) % 100 < noise ? (uint8_t)(random >> 24) : (uint8_t)(i / 7);
  }
}

static void check_round_trip(size_t bytes) {
  size_t stored, plain;
  fill(bytes, 8);
  assert_true(compress_fits(workspace, bytes, &stored, &plain));
  assert_int_equal(plain, bytes);
  assert_in_range(stored, 1, bytes * 3 / 4);
  size_t got = ZSTD_decompress(plain_again, sizeof plain_again, workspace->out.payload, stored);
  assert_int_equal(got, bytes);
  assert_memory_equal(plain_again, workspace->plain, bytes);
}

static void test_every_size_has_room(void **state) {
  (void)state;
  for (size_t bytes = 8192; bytes < WORKSPACE_PLAIN; bytes *= 2)
    check_round_trip(bytes);
  check_round_trip(WORKSPACE_PLAIN);
}

static void test_small_payloads_are_stored(void **state) {
  (void)state;
  size_t stored, plain;
  fill(100, 0);
  assert_true(compress_fits(workspace, 100, &stored, &plain));
  assert_int_equal(plain, 0);
  assert_int_equal(stored, 100);
  assert_memory_equal(workspace->out.payload, workspace->plain, 100);
}

static void test_noise_is_stored_where_it_fits(void **state) {
  (void)state;
  size_t stored, plain;
  fill(WORKSPACE_STORED, 100);
  assert_true(compress_fits(workspace, WORKSPACE_STORED, &stored, &plain));
  assert_int_equal(plain, 0);
  assert_int_equal(stored, WORKSPACE_STORED);
  fill(WORKSPACE_PLAIN, 100);
  assert_false(compress_fits(workspace, WORKSPACE_PLAIN, &stored, &plain));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_size_has_room),
      cmocka_unit_test(test_small_payloads_are_stored),
      cmocka_unit_test(test_noise_is_stored_where_it_fits),
  };
  return cmocka_run_group_tests(tests, make_workspace, free_workspace);
}

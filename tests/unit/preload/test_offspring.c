/* SPDX-License-Identifier: Apache-2.0
 *
 * The page that children count in, over forks: this process is the recorded one.
 */
#include "offspring.h"
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct seep_stage header;
struct seep_stage *stage = &header;

static void in_child(void (*live)(void)) {
  int status = 1;
  pid_t child = fork();
  if (!child) {
    live();
    _exit(0);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

static void live_unrecorded(void) {
  offspring_begin();
  offspring_add_child();
  for (int i = 0; i < 100; i++)
    offspring_add(10);
  offspring_flush();
}

/* It has children of its own, two of which cannot be recorded. */
static void live_recorded(void) {
  offspring_open();
  in_child(live_unrecorded);
  in_child(live_unrecorded);
  offspring_tell();
  if (header.unrecorded_children != 2 || header.unrecorded_child_allocations != 200)
    _exit(1);
}

static void expect(uint64_t children) {
  offspring_tell();
  assert_int_equal(header.unrecorded_children, children);
  assert_int_equal(header.unrecorded_child_allocations, children * 100);
  assert_int_equal(header.unrecorded_child_bytes, children * 1000);
}

static void a_recorded_child_counts_for_itself(void **state) {
  (void)state;
  offspring_open();
  in_child(live_unrecorded);
  expect(1);
  in_child(live_recorded);
  expect(1);
  in_child(live_unrecorded);
  expect(2);
  offspring_close();
}

static void each_recording_counts_for_itself(void **state) {
  (void)state;
  for (int recording = 0; recording < 4; recording++) {
    offspring_open();
    expect(0);
    in_child(live_unrecorded);
    expect(1);
    offspring_close();
  }
}

/* It has begun when the recording was under way. */
static void one_that_comes_late_harms_nobody(void **state) {
  (void)state;
  offspring_open();
  offspring_close();
  in_child(live_unrecorded);
  offspring_add_child();
  offspring_open();
  offspring_add_child();
  offspring_tell();
  assert_int_equal(header.unrecorded_children, 1);
  offspring_close();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_recorded_child_counts_for_itself),
      cmocka_unit_test(each_recording_counts_for_itself),
      cmocka_unit_test(one_that_comes_late_harms_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

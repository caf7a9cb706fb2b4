/* SPDX-License-Identifier: Apache-2.0
 *
 * The counts of OOM kills of all three kinds, as files below a root of its own.
 */
#include "cmocka_main.h"

#include "screen/oom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define V1 "/sys/fs/cgroup/memory/service/memory.oom_control"
#define V2 "/sys/fs/cgroup/service/memory.events"

static char root[32];
static struct oom oom;

static const char *at(const char *path) {
  static char full[256];
  snprintf(full, sizeof full, "%s%s", root, path);
  return full;
}

static void write_text(const char *path, const char *text) {
  FILE *file = fopen(at(path), "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static const char *const folders[] = {"/proc",
                                      "/proc/7",
                                      "/sys",
                                      "/sys/fs",
                                      "/sys/fs/cgroup",
                                      "/sys/fs/cgroup/service",
                                      "/sys/fs/cgroup/memory",
                                      "/sys/fs/cgroup/memory/service"};
enum { FOLDERS = sizeof folders / sizeof *folders };

static int setup(void **state) {
  (void)state;
  strcpy(root, "/tmp/seep-oom-XXXXXX");
  if (!mkdtemp(root))
    return -1;
  for (int i = 0; i < FOLDERS; i++)
    if (mkdir(at(folders[i]), 0700) != 0)
      return -1;
  write_text("/proc/vmstat", "nr_free_pages 5\noom_kill 3\n");
  return 0;
}

static int teardown(void **state) {
  (void)state;
  static const char *const files[] = {"/proc/vmstat", "/proc/7/cgroup", V1, V2};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    unlink(at(files[i]));
  for (int i = FOLDERS - 1; i >= 0; i--)
    if (rmdir(at(folders[i])) != 0)
      return -1;
  return rmdir(root);
}

static void version_2_counts_in_memory_events(void **state) {
  (void)state;
  write_text("/proc/7/cgroup", "0::/service\n");
  write_text(V2, "low 0\noom 4\noom_kill 1\n");
  oom_watch(&oom, root, 7);
  assert_int_equal(oom_since(&oom), OOM_NO_KILL);
  write_text(V2, "low 0\noom 5\noom_kill 2\n");
  assert_int_equal(oom_since(&oom), OOM_KILL);
}

static void version_1_counts_in_oom_control(void **state) {
  (void)state;
  write_text("/proc/7/cgroup", "9:cpu,memory:/service\n2:cpuset:/other\n0::/\n");
  write_text(V1, "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
  oom_watch(&oom, root, 7);
  assert_int_equal(oom_since(&oom), OOM_NO_KILL);
  write_text(V1, "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
  assert_int_equal(oom_since(&oom), OOM_KILL);
}

static void kills_elsewhere_are_not_the_cgroups(void **state) {
  (void)state;
  write_text("/proc/7/cgroup", "0::/service\n");
  write_text(V2, "oom_kill 1\n");
  oom_watch(&oom, root, 7);
  write_text("/proc/vmstat", "oom_kill 4\n");
  assert_int_equal(oom_since(&oom), OOM_NO_KILL);
}

static void without_a_count_of_the_cgroup_it_is_perhaps(void **state) {
  (void)state;
  write_text("/proc/7/cgroup", "10:memory:/of the host\n0::/\nno line of a cgroup\n");
  oom_watch(&oom, root, 7);
  assert_int_equal(oom_since(&oom), OOM_NO_KILL);
  write_text("/proc/vmstat", "oom_kill 4\n");
  assert_int_equal(oom_since(&oom), OOM_PERHAPS);
}

static void a_cgroup_that_is_gone_leaves_the_machine(void **state) {
  (void)state;
  write_text("/proc/7/cgroup", "0::/service\n");
  write_text(V2, "oom_kill 0\n");
  oom_watch(&oom, root, 7);
  assert_int_equal(unlink(at(V2)), 0);
  assert_int_equal(oom_since(&oom), OOM_NO_KILL);
  write_text("/proc/vmstat", "oom_kill 4\n");
  assert_int_equal(oom_since(&oom), OOM_PERHAPS);
}

static void without_any_count_nothing_is_said(void **state) {
  (void)state;
  assert_int_equal(unlink(at("/proc/vmstat")), 0);
  oom_watch(&oom, root, 7);
  write_text("/proc/vmstat", "oom_kill 4\n");
  assert_int_equal(oom_since(&oom), OOM_NO_KILL);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(version_2_counts_in_memory_events),
      TEST(version_1_counts_in_oom_control),
      TEST(kills_elsewhere_are_not_the_cgroups),
      TEST(without_a_count_of_the_cgroup_it_is_perhaps),
      TEST(a_cgroup_that_is_gone_leaves_the_machine),
      TEST(without_any_count_nothing_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "hazards.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHURN_KEPT 64

static const struct hazard {
  const char *name;
  int (*run)(const char *argument);
} hazards[] = {
    {"fork", process_fork},
    {"fork-deep", process_fork_deep},
    {"fork-threads", process_fork_threads},
    {"vfork", process_vfork},
    {"spawn", process_spawn},
    {"daemon", process_daemon},
    {"exec", process_exec},
    {"environment", process_environment},
    {"clone", children_clone},
    {"double-fork", children_double_fork},
    {"fork-in-handler", children_in_handler},
    {"exec-at-once", children_exec_at_once},
    {"exec-thread", children_exec_thread},
    {"fork-any-thread", children_any_thread},
    {"inherit", children_inherit},
    {"tiny-stacks", thread_tiny},
    {"alive", thread_alive},
    {"short-threads", thread_short},
    {"threads-at-exit", thread_at_exit},
    {"thread-destructors", thread_destructors},
    {"coroutines", thread_coroutines},
    {"longjmp", thread_longjmp},
    {"atexit", late_atexit},
    {"quick-exit", late_quick_exit},
    {"end", ending_by},
    {"main-first", ending_main_first},
    {"cancelled", ending_cancelled},
    {"visible", visible_everywhere},
    {"numbers", visible_numbers},
    {"signal-handlers", signal_handlers},
    {"signal-stack", signal_alternate},
    {"left", signal_left},
    {"jit", jit_made},
    {"plugins", loader_plugin},
    {"latecomer", loader_latecomer},
    {"closefrom", descriptor_closefrom},
    {"dup2", descriptor_dup2},
    {"drop", owner_drop},
    {"drop-fork", owner_fork},
    {"change", owner_change},
    {"no-processes", owner_processes},
    {"seccomp", limit_seccomp},
    {"sandbox-heap", sandbox_heap},
    {"sandbox-heap-long", sandbox_heap_long},
    {"sandbox-written", sandbox_written},
    {"sandbox-trap", sandbox_trap},
    {"sandbox-strict", sandbox_strict},
    {"sandbox-no-clock", sandbox_no_clock},
    {"sandbox-refused", sandbox_refused},
    {"sandbox-inherited", sandbox_inherited},
    {"chroot", limit_chroot},
    {"sandbox", limit_sandbox},
    {"fill", limit_fill},
    {"errno", call_errno},
    {"usable-size", call_usable_size},
    {"others", call_others},
    {"churn", call_churn},
    {"deep", call_deep},
    {"mappings", call_mappings},
};

int hazard_fail(const char *what) {
  fprintf(stderr, "hazards: %s (%s)\n", what, strerror(errno));
  return 1;
}

void hazard_churn(size_t rounds) {
  char *kept[CHURN_KEPT] = {NULL};
  for (size_t round = 0; round < rounds; round++) {
    char **place = &kept[round * 7 % CHURN_KEPT];
    free(*place);
    *place = malloc(16 + round % 512);
    free(malloc(32));
  }
  for (size_t place = 0; place < CHURN_KEPT; place++)
    free(kept[place]);
}

int main(int count, char **arguments) {
  for (size_t each = 0; count > 1 && each < sizeof hazards / sizeof *hazards; each++)
    if (!strcmp(hazards[each].name, arguments[1]))
      return hazards[each].run(count > 2 ? arguments[2] : "");
  fputs("usage: hazards NAME [ARGUMENT]; the names:\n", stderr);
  for (size_t each = 0; each < sizeof hazards / sizeof *hazards; each++)
    fprintf(stderr, "  %s\n", hazards[each].name);
  return 2;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/editor.h"

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* The shell takes the variable apart: it may hold arguments of its own. */
static bool editor_spawn(pid_t *child, const char *path, uint32_t line, const sigset_t *signals) {
  char at[32];
  const char *arguments[] = {"sh", "-c", "exec ${VISUAL:-${EDITOR:-vi}} \"$@\"", "seep", at,
                             path, NULL};
  posix_spawnattr_t attributes;
  snprintf(at, sizeof at, "+%u", line ? line : 1);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  int error = posix_spawn(child, "/bin/sh", NULL, &attributes, (char *const *)arguments, environ);
  posix_spawnattr_destroy(&attributes);
  return !error;
}

bool editor_run(const char *path, uint32_t line, const sigset_t *signals) {
  pid_t child;
  int status = 0;
  if (!editor_spawn(&child, path, line, signals))
    return false;
  while (waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status)) {
    raise(SIGSTOP); /* the shell sees the whole group stopped, and continues it */
    kill(child, SIGCONT);
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/ending.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRIES 20 /* for an end that its parent has not taken note of */
#define BETWEEN_NS 25000000L

/* As in linux/pidfd.h of 6.15; older kernels refuse the request. */
struct ending_info {
  uint64_t mask, cgroup;
  uint32_t numbers[11];
  int32_t status;
};
_Static_assert(sizeof(struct ending_info) == 64, "the kernel's first version of it");
#define ENDING_GET_INFO _IOWR(0xff, 11, struct ending_info)
#define ENDING_INFO_EXIT (1u << 3)

static bool ending_is_target(uint64_t pid, const char *path) {
  char own[PATH_MAX];
  struct stat a, b;
  return trace_of_pid(pid, own, sizeof own, NULL) == TRACE_OK && stat(own, &a) == 0 &&
         stat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void ending_watch(struct ending *ending, const struct trace *trace, const char *path) {
  uint64_t pid = trace->process.pid;
  if (ending->watched || trace->state != TRACE_RUNNING || pid > INT_MAX)
    return;
  ending->process = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
  if (ending->process < 0)
    return;
  /* Asked after the descriptor is there: the number cannot have become another's in between. */
  if (!ending_is_target(pid, path)) {
    close(ending->process);
    return;
  }
  ending->watched = true;
  oom_watch(&ending->oom, "", pid);
}

void ending_release(struct ending *ending) {
  if (ending->watched)
    close(ending->process);
  *ending = (struct ending){.watched = false};
}

/* The wait status; -1: this kernel does not tell. */
static int ending_status(const struct ending *ending) {
  const struct timespec moment = {0, BETWEEN_NS};
  for (int i = 0; i < TRIES; i++) {
    struct ending_info info = {.mask = ENDING_INFO_EXIT};
    if (ioctl(ending->process, ENDING_GET_INFO, &info) == 0 && (info.mask & ENDING_INFO_EXIT))
      return info.status;
    nanosleep(&moment, NULL);
  }
  return -1;
}

void ending_text(const struct ending *ending, const struct trace *trace, char *out) {
  out[0] = '\0';
  if (!ending->watched || trace->state == TRACE_RUNNING)
    return;
  int status = ending_status(ending);
  static const char *const memory[] = {[OOM_NO_KILL] = "",
                                       [OOM_PERHAPS] = ", perhaps out of memory",
                                       [OOM_KILL] = ", out of memory"};
  enum oom_kill kill = oom_since(&ending->oom);
  if (status >= 0 && WIFSIGNALED(status))
    snprintf(out, ENDING_TEXT, "killed by SIG%s%s", sigabbrev_np(WTERMSIG(status)),
             WTERMSIG(status) == SIGKILL ? memory[kill] : "");
  else if (status >= 0)
    snprintf(out, ENDING_TEXT, "ended with status %d", WEXITSTATUS(status));
  else if (trace->state != TRACE_ENDED)
    snprintf(out, ENDING_TEXT, "killed%s", kill ? memory[kill] : ", or crashed");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/inspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define LIMITS_MIB 1048576u
#define LIMITS_SPACE (256ull * LIMITS_MIB) /* address space below which a program is cramped */
#define LIMITS_MEMORY (64ull * LIMITS_MIB)
#define LIMITS_FILES 32

/* The first line of a file that begins with key, behind it; false: there is none. */
static bool limits_read(const char *path, const char *key, char *text, size_t text_bytes) {
  char line[4096];
  bool found = false;
  FILE *file = fopen(path, "re");
  while (file && !found && fgets(line, sizeof line, file))
    if (!strncmp(line, key, strlen(key))) {
      line[strcspn(line, "\n")] = '\0';
      found = (size_t)snprintf(text, text_bytes, "%s", line + strlen(key)) < text_bytes;
    }
  if (file)
    fclose(file);
  return found;
}

static void limits_proc(char *path, size_t bytes, const struct inspect_target *target,
                        const char *name) {
  if (target->pid)
    snprintf(path, bytes, "/proc/%" PRIu64 "/%s", target->pid, name);
  else
    snprintf(path, bytes, "/proc/self/%s", name);
}

void inspect_seccomp(const struct inspect_target *target, struct diagnosis *diagnosis) {
  char path[64], mode[32];
  limits_proc(path, sizeof path, target, "status");
  if (limits_read(path, "Seccomp:", mode, sizeof mode) && atoi(mode) != 0)
    diagnosis_add(diagnosis, FINDING_NOTE, "seccomp",
                  "allow openat, fallocate, mmap, write, fcntl, mincore and renameat2, as most "
                  "filters do; what is refused is counted as lost",
                  "a filter of system calls is in force%s",
                  target->pid ? "" : ", which the program inherits");
  else
    diagnosis_add(diagnosis, FINDING_FINE, "seccomp", "", "no filter of system calls is in force%s",
                  target->pid ? "" : " when the program starts");
}

/* ---- Resources ---- */

static uint64_t limits_of(const struct inspect_target *target, __rlimit_resource_t resource) {
  struct rlimit limit;
  if (prlimit((pid_t)target->pid, resource, NULL, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return UINT64_MAX;
  return limit.rlim_cur;
}

/* What the memory cgroup leaves; UINT64_MAX: there is no limit, or it is not known. */
static uint64_t limits_cgroup(const struct inspect_target *target) {
  char path[64], group[PATH_MAX], file[PATH_MAX + 64], most[32], used[32];
  limits_proc(path, sizeof path, target, "cgroup");
  if (!limits_read(path, "0::", group, sizeof group))
    return UINT64_MAX;
  snprintf(file, sizeof file, "/sys/fs/cgroup%s/memory.max", group);
  if (!limits_read(file, "", most, sizeof most) || !strcmp(most, "max"))
    return UINT64_MAX;
  snprintf(file, sizeof file, "/sys/fs/cgroup%s/memory.current", group);
  if (!limits_read(file, "", used, sizeof used))
    return UINT64_MAX;
  uint64_t limit = strtoull(most, NULL, 10), taken = strtoull(used, NULL, 10);
  return limit > taken ? limit - taken : 0;
}

static bool limits_small(struct diagnosis *diagnosis, uint64_t limit, uint64_t enough,
                         const char *what) {
  if (limit >= enough)
    return false;
  diagnosis_add(
      diagnosis, FINDING_NOTE, "limits",
      "raise the limit: the recorder takes 2 MiB, 64 to 512 KiB for each thread and 48 bytes "
      "for each distinct stack",
      "%s: %" PRIu64 " MiB", what, limit / LIMITS_MIB);
  return true;
}

void inspect_limits(const struct inspect_target *target, struct diagnosis *diagnosis) {
  uint64_t files = limits_of(target, RLIMIT_NOFILE), size = limits_of(target, RLIMIT_FSIZE);
  bool any = limits_small(diagnosis, limits_of(target, RLIMIT_AS), LIMITS_SPACE,
                          "its address space is limited (ulimit -v)");
  any |= limits_small(diagnosis, limits_cgroup(target), LIMITS_MEMORY,
                      "its memory cgroup leaves little");
  if (files < LIMITS_FILES)
    diagnosis_add(diagnosis, FINDING_NOTE, "limits", "raise the limit (ulimit -n)",
                  "it may open %" PRIu64 " files, of which the recorder takes two", files);
  if (size != UINT64_MAX)
    diagnosis_add(diagnosis, FINDING_NOTE, "limits",
                  "raise the limit (ulimit -f): what does not fit is counted as lost",
                  "the trace can grow to %" PRIu64 " MiB", size / LIMITS_MIB);
  if (!any && files >= LIMITS_FILES && size == UINT64_MAX)
    diagnosis_add(diagnosis, FINDING_FINE, "limits", "",
                  "address space, memory, descriptors and file size suffice");
}

/* ---- Looking from outside ---- */

void inspect_ptrace(const struct inspect_target *target, struct diagnosis *diagnosis) {
  (void)target; /* the setting is the system's */
  char scope[32];
  if (!limits_read("/proc/sys/kernel/yama/ptrace_scope", "", scope, sizeof scope))
    scope[0] = '0';
  if (scope[0] == '0')
    diagnosis_add(diagnosis, FINDING_FINE, "ptrace", "", "its own user may trace it");
  else
    diagnosis_add(diagnosis, FINDING_NOTE, "ptrace",
                  "nothing for seep run, which records from inside; seep attach and debuggers need "
                  "kernel.yama.ptrace_scope=0 or root",
                  "yama restricts who may trace it (ptrace_scope %s)", scope);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STANDING_START_FIELD 22 /* of /proc/PID/stat, see proc(5) */

static const char *standing_value(const char *line, const char *name) {
  size_t length = strlen(name);
  return strncmp(line, name, length) ? NULL : line + length + strspn(line + length, "\t ");
}

static void standing_take(struct standing *standing, const char *line) {
  const char *value;
  if ((value = standing_value(line, "State:")))
    standing->state = *value;
  else if ((value = standing_value(line, "TracerPid:")))
    standing->tracer = atoi(value);
  else if ((value = standing_value(line, "Seccomp:")))
    standing->seccomp = atoi(value);
  else if ((value = standing_value(line, "x86_Thread_features:")))
    standing->shadow_stack = strstr(value, "shstk") != NULL;
  else if ((value = standing_value(line, "Uid:")))
    standing->uid = (unsigned)strtoul(value, NULL, 10);
  else if ((value = standing_value(line, "NSpid:")))
    standing->inner_pid = atoi(strrchr(value, '\t') ? strrchr(value, '\t') + 1 : value);
}

static FILE *standing_open(pid_t pid, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
  return fopen(path, "re");
}

static unsigned standing_scope(void) {
  unsigned scope = 0;
  FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
  if (file && fscanf(file, "%u", &scope) != 1)
    scope = 0;
  if (file)
    fclose(file);
  return scope;
}

static double standing_seconds(pid_t pid) {
  char line[1024] = "";
  struct timespec now;
  FILE *file = standing_open(pid, "stat");
  bool read = file && fgets(line, sizeof line, file);
  if (file)
    fclose(file);
  const char *at = read ? strrchr(line, ')') : NULL;
  for (int field = 2; at && field < STANDING_START_FIELD; field++)
    at = strchr(at + 1, ' ');
  if (!at || clock_gettime(CLOCK_BOOTTIME, &now) != 0)
    return 0;
  double since = (double)now.tv_sec + (double)now.tv_nsec / 1e9 -
                 strtod(at + 1, NULL) / (double)sysconf(_SC_CLK_TCK);
  return since > 0 ? since : 0;
}

struct standing standing_of(pid_t pid) {
  struct standing standing = {.inner_pid = pid, .scope = standing_scope()};
  char line[512];
  FILE *file = standing_open(pid, "status");
  if (!file)
    return standing;
  standing.there = true;
  while (fgets(line, sizeof line, file))
    standing_take(&standing, line);
  fclose(file);
  standing.seconds = standing_seconds(pid);
  return standing;
}

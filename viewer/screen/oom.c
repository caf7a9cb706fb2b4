/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/oom.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LINE 512

/* The line "oom_kill N" stands in memory.events, memory.oom_control and vmstat alike. False: there
 * is none, or the file cannot be read. */
static bool oom_count(const char *path, uint64_t *kills) {
  char line[LINE];
  bool found = false;
  FILE *file = path[0] ? fopen(path, "re") : NULL;
  while (file && !found && fgets(line, sizeof line, file))
    found = sscanf(line, "oom_kill %" SCNu64, kills) == 1;
  if (file)
    fclose(file);
  return found;
}

/* controllers: "cpu,memory", say. */
static bool oom_has_memory(char *controllers) {
  char *rest = NULL;
  for (char *name = strtok_r(controllers, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
    if (strcmp(name, "memory") == 0)
      return true;
  return false;
}

/* Takes the file of one line "ID:CONTROLLERS:PATH", where it counts kills. Version 2 has the ID 0
 * and no controllers; where both versions are mounted, only one of them has the memory. */
static void oom_try_cgroup(struct oom *oom, const char *root, char *line) {
  char path[sizeof oom->cgroup], *controllers = strchr(line, ':'), *cgroup;
  if (!controllers || !(cgroup = strchr(++controllers, ':')))
    return;
  *cgroup++ = '\0';
  int length = -1;
  if (strncmp(line, "0:", 2) == 0)
    length = snprintf(path, sizeof path, "%s/sys/fs/cgroup%s/memory.events", root, cgroup);
  else if (oom_has_memory(controllers))
    length =
        snprintf(path, sizeof path, "%s/sys/fs/cgroup/memory%s/memory.oom_control", root, cgroup);
  if (length > 0 && (size_t)length < sizeof path && oom_count(path, &oom->in_cgroup))
    memcpy(oom->cgroup, path, (size_t)length + 1);
}

void oom_watch(struct oom *oom, const char *root, uint64_t pid) {
  char path[LINE], line[LINE];
  *oom = (struct oom){.in_cgroup = 0};
  snprintf(oom->machine, sizeof oom->machine, "%s/proc/vmstat", root);
  if (!oom_count(oom->machine, &oom->in_machine))
    oom->machine[0] = '\0';
  snprintf(path, sizeof path, "%s/proc/%" PRIu64 "/cgroup", root, pid);
  FILE *file = fopen(path, "re");
  while (file && !oom->cgroup[0] && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = '\0';
    oom_try_cgroup(oom, root, line);
  }
  if (file)
    fclose(file);
}

enum oom_kill oom_since(const struct oom *oom) {
  uint64_t kills = 0;
  if (oom_count(oom->cgroup, &kills))
    return kills > oom->in_cgroup ? OOM_KILL : OOM_NO_KILL;
  if (oom_count(oom->machine, &kills) && kills > oom->in_machine)
    return OOM_PERHAPS;
  return OOM_NO_KILL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/tasks.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool tasks_sleeps(pid_t pid, const char *tid) {
  char name[300], line[512] = "";
  snprintf(name, sizeof name, "/proc/%d/task/%s/stat", (int)pid, tid);
  FILE *file = fopen(name, "re");
  bool read = file && fgets(line, sizeof line, file);
  if (file)
    fclose(file);
  const char *state = read ? strrchr(line, ')') : NULL;
  return state && state[1] == ' ' && state[2] == 'S';
}

struct task *tasks_list(pid_t pid, size_t *count) {
  char name[64];
  struct task *tasks = NULL;
  const struct dirent *entry;
  *count = 0;
  snprintf(name, sizeof name, "/proc/%d/task", (int)pid);
  DIR *directory = opendir(name);
  while (directory && (entry = readdir(directory))) {
    if (!isdigit((unsigned char)*entry->d_name))
      continue;
    struct task *more = reallocarray(tasks, *count + 1, sizeof *more);
    if (!more)
      break;
    tasks = more;
    tasks[(*count)++] =
        (struct task){(pid_t)strtol(entry->d_name, NULL, 10), tasks_sleeps(pid, entry->d_name)};
  }
  if (directory)
    closedir(directory);
  return tasks;
}

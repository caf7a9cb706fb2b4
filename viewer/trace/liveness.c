/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/liveness.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#define LIVENESS_START_FIELD 22 /* of /proc/PID/stat, see proc(5) */

static bool liveness_is_locked(int fd) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
  return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* The start time out of a line of /proc/PID/stat; 0 where it has none. The second field is the name
 * in parentheses, which may itself contain any of these. */
static uint64_t liveness_parse_start(const char *line) {
  const char *at = strrchr(line, ')');
  for (int field = 2; at && field < LIVENESS_START_FIELD; field++) {
    at = strchr(at + 1, ' ');
  }
  return at ? strtoull(at + 1, NULL, 10) : 0;
}

static FILE *liveness_open(uint32_t pid, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%" PRIu32 "/%s", pid, name);
  return fopen(path, "re");
}

static uint64_t liveness_start(uint32_t pid) {
  char line[1024];
  FILE *file = liveness_open(pid, "stat");
  if (!file)
    return 0;
  bool read = fgets(line, sizeof line, file);
  fclose(file);
  return read ? liveness_parse_start(line) : 0;
}

static bool liveness_has_text(FILE *file) {
  int first = fgetc(file);
  return first != EOF && ungetc(first, file) == first;
}

/* Of the first of these threads that still has memory. */
static FILE *liveness_open_any(const glob_t *found) {
  for (size_t i = 0; i < found->gl_pathc; i++) {
    FILE *file = fopen(found->gl_pathv[i], "re");
    if (file && liveness_has_text(file))
      return file;
    if (file)
      fclose(file);
  }
  return NULL;
}

FILE *liveness_open_maps(uint32_t pid) {
  FILE *file = liveness_open(pid, "maps");
  if (!file || liveness_has_text(file))
    return file;
  char pattern[64];
  glob_t found = {0};
  fclose(file);
  snprintf(pattern, sizeof pattern, "/proc/%" PRIu32 "/task/*/maps", pid);
  glob(pattern, GLOB_NOSORT, NULL, &found);
  file = liveness_open_any(&found);
  globfree(&found);
  return file;
}

static bool liveness_maps(uint32_t pid, const struct file *stage) {
  FILE *file = liveness_open_maps(pid);
  char *line = NULL;
  size_t room = 0;
  bool found = false;
  if (!file)
    return false;
  while (!found && getline(&line, &room, file) > 0) {
    unsigned major, minor;
    uint64_t inode;
    found = sscanf(line, "%*s %*s %*s %x:%x %" SCNu64, &major, &minor, &inode) == 3 &&
            makedev(major, minor) == stage->device && inode == stage->inode;
  }
  free(line);
  fclose(file);
  return found;
}

/* Whether pid is the process that the stage names. */
static bool liveness_is(uint32_t pid, const struct file *stage_file,
                        const struct seep_stage *stage) {
  return pid && stage->pid_start && liveness_start(pid) == stage->pid_start &&
         liveness_maps(pid, stage_file);
}

bool liveness_check(const struct file *stage_file, const struct seep_stage *stage) {
  if (liveness_is_locked(stage_file->fd))
    return true;
  return liveness_is(stage->pid, stage_file, stage);
}

uint32_t liveness_pid(const struct file *stage_file, const struct seep_stage *stage) {
  if (liveness_is(stage->pid, stage_file, stage))
    return stage->pid;
  DIR *processes = opendir("/proc");
  uint32_t found = 0;
  for (struct dirent *entry; processes && !found && (entry = readdir(processes));) {
    uint32_t pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
    if (liveness_is(pid, stage_file, stage))
      found = pid;
  }
  if (processes)
    closedir(processes);
  return found;
}

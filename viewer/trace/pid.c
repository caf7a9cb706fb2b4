/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_of_pid: the stage that a process maps tells where its trace is.
 */
#include "trace/liveness.h"
#include "trace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct pid_mapping {
  dev_t device;
  ino_t inode;
  char *path; /* as the process sees it */
};

/* The kernel writes a newline in a name as \012; everything else stands as it is. */
static void pid_unescape(char *path) {
  char *to = path;
  for (const char *from = path; *from; to++) {
    bool escaped = strncmp(from, "\\012", 4) == 0;
    *to = escaped ? '\n' : *from;
    from += escaped ? 4 : 1;
  }
  *to = 0;
}

static bool pid_ends_in(const char *text, const char *end) {
  size_t bytes = strlen(text), end_bytes = strlen(end);
  return bytes > end_bytes && strcmp(text + bytes - end_bytes, end) == 0;
}

/* Takes a line of /proc/PID/maps apart; false: it maps no stage. */
static bool pid_parse(char *line, struct pid_mapping *mapping) {
  unsigned major, minor;
  uint64_t inode;
  int path = 0;
  line[strcspn(line, "\n")] = 0;
  if (sscanf(line, "%*s %*s %*s %x:%x %" SCNu64 " %n", &major, &minor, &inode, &path) != 3 ||
      !path || !pid_ends_in(line + path, SEEP_STAGE_SUFFIX))
    return false;
  mapping->device = makedev(major, minor);
  mapping->inode = inode;
  mapping->path = line + path;
  pid_unescape(mapping->path);
  return true;
}

static bool pid_is_there(const char *path, const struct pid_mapping *mapping) {
  struct stat status;
  return stat(path, &status) == 0 && status.st_dev == mapping->device &&
         status.st_ino == mapping->inode;
}

/* The stage's path from here: the same, or below the process's root where that is another. */
static bool pid_locate(uint64_t pid, const struct pid_mapping *mapping, char *path, size_t bytes) {
  int length = snprintf(path, bytes, "%s", mapping->path);
  if (length > 0 && (size_t)length < bytes && pid_is_there(path, mapping))
    return true;
  length = snprintf(path, bytes, "/proc/%" PRIu64 "/root%s", pid, mapping->path);
  return length > 0 && (size_t)length < bytes && pid_is_there(path, mapping);
}

static bool pid_is_stage(const char *path) {
  struct snapshot stage;
  bool sound = snapshot_open(&stage, path) == SNAPSHOT_OK;
  if (sound)
    snapshot_close(&stage);
  return sound;
}

/* Whether the line maps a stage: then path is its trace's. */
static bool pid_try(uint64_t pid, char *line, char *path, size_t bytes) {
  struct pid_mapping mapping;
  if (!pid_parse(line, &mapping) || !pid_locate(pid, &mapping, path, bytes) || !pid_is_stage(path))
    return false;
  path[strlen(path) - strlen(SEEP_STAGE_SUFFIX)] = 0;
  return true;
}

enum trace_status trace_of_pid(uint64_t pid, char *path, size_t path_bytes,
                               struct trace_error *error) {
  char *line = NULL, found[PATH_MAX + 64];
  size_t room = 0;
  bool done = false;
  reader_fail(error, TRACE_OK, 0, 0, NULL);
  path[0] = 0;
  FILE *file = pid <= UINT32_MAX ? liveness_open_maps((uint32_t)pid) : NULL;
  if (!file)
    return reader_fail(error, TRACE_NOT_FOUND, 0, errno,
                       "there is no such process, or no right to look");
  while (!done && getline(&line, &room, file) > 0)
    done = pid_try(pid, line, found, sizeof found);
  free(line);
  fclose(file);
  if (!done)
    return reader_fail(error, TRACE_NOT_FOUND, 0, 0, "the process is not being recorded");
  if (strlen(found) >= path_bytes)
    return reader_fail(error, TRACE_NOT_FOUND, 0, ENAMETOOLONG, NULL);
  memcpy(path, found, strlen(found) + 1);
  return TRACE_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRATCH_FILES 4

static char scratch_directory[32];
static pid_t scratch_owner;
static struct {
  const char *name;
  char path[64];
} scratch_files[SCRATCH_FILES];
static size_t scratch_count;

static void scratch_end(void) {
  if (getpid() != scratch_owner)
    return;
  for (size_t i = 0; i < scratch_count; i++)
    unlink(scratch_files[i].path);
  rmdir(scratch_directory);
}

/* AFL++ forks the process for every so many inputs: each child begins with nothing. */
static void scratch_begin(void) {
  if (scratch_owner == getpid())
    return;
  strcpy(scratch_directory, "/dev/shm/seep-fuzz-XXXXXX");
  if (!mkdtemp(scratch_directory))
    abort();
  scratch_owner = getpid();
  scratch_count = 0;
  atexit(scratch_end);
}

static const char *scratch_path(const char *name) {
  scratch_begin();
  for (size_t i = 0; i < scratch_count; i++)
    if (strcmp(scratch_files[i].name, name) == 0)
      return scratch_files[i].path;
  if (scratch_count == SCRATCH_FILES)
    abort();
  char *path = scratch_files[scratch_count].path;
  snprintf(path, sizeof scratch_files->path, "%s/%s", scratch_directory, name);
  scratch_files[scratch_count++].name = name;
  return path;
}

const char *scratch_write(const char *name, const void *data, size_t bytes) {
  const char *path = scratch_path(name);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0 || write(fd, data, bytes) != (ssize_t)bytes)
    abort();
  close(fd);
  return path;
}

void scratch_remove(const char *name) {
  unlink(scratch_path(name));
}

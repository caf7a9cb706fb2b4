/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/debugfile.h"

#include <fcntl.h>
#include <seep/checksum.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEBUGFILE_DIRECTORY "/usr/lib/debug"
#define DEBUGFILE_ID_BYTES 64 /* a longer build-id is nobody's */

/* The path may be a FIFO or a device: opening must neither wait nor do anything. */
static int debugfile_open_path(const char *path) {
  struct stat status;
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (file < 0)
    return -1;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode))
    return file;
  close(file);
  return -1;
}

int debugfile_open(const char *sysroot, const char *path) {
  char *full;
  if (asprintf(&full, "%s%s", sysroot ? sysroot : "", path) < 0)
    return -1;
  int file = debugfile_open_path(full);
  free(full);
  return file;
}

static bool debugfile_sum(int file, uint32_t *crc) {
  struct stat status;
  if (fstat(file, &status) != 0 || status.st_size <= 0)
    return false;
  size_t bytes = (size_t)status.st_size;
  void *data = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, file, 0);
  if (data == MAP_FAILED)
    return false;
  struct seep_crc32 tables;
  seep_crc32_init(&tables);
  *crc = seep_crc32(&tables, data, bytes);
  munmap(data, bytes);
  return true;
}

/* Opens candidate, which it takes, if its checksum is *crc (NULL: any will do). */
static int debugfile_try(char *candidate, const uint32_t *crc, char **path) {
  uint32_t found = 0;
  int file = debugfile_open_path(candidate);
  if (file >= 0 && (!crc || (debugfile_sum(file, &found) && found == *crc))) {
    *path = candidate;
    return file;
  }
  if (file >= 0)
    close(file);
  free(candidate);
  return -1;
}

static char *debugfile_id_path(const char *sysroot, const uint8_t *build_id, size_t bytes) {
  char hex[2 * DEBUGFILE_ID_BYTES + 1], *path;
  for (size_t i = 0; i < bytes; i++)
    snprintf(hex + 2 * i, 3, "%02x", build_id[i]);
  if (asprintf(&path, "%s" DEBUGFILE_DIRECTORY "/.build-id/%.2s/%s.debug", sysroot, hex, hex + 2) <
      0)
    return NULL;
  return path;
}

int debugfile_by_build_id(const char *sysroot, const uint8_t *build_id, size_t bytes, char **path) {
  const char *roots[] = {sysroot, ""};
  int file = -1;
  if (bytes < 2 || bytes > DEBUGFILE_ID_BYTES)
    return -1;
  for (int i = 0; i < 2 && file < 0; i++) {
    char *candidate = roots[i] ? debugfile_id_path(roots[i], build_id, bytes) : NULL;
    if (candidate)
      file = debugfile_try(candidate, NULL, path);
  }
  return file;
}

int debugfile_by_link(const char *sysroot, const char *binary, const char *name, uint32_t crc,
                      char **path) {
  static const char *const places[][2] = {/* before and behind the binary's directory */
                                          {"", ""},
                                          {"", "/.debug"},
                                          {DEBUGFILE_DIRECTORY, ""}};
  const char *slash = strrchr(binary, '/'), *root = sysroot ? sysroot : "";
  int file = -1;
  if (!slash || strchr(name, '/'))
    return -1;
  for (size_t i = 0; i < sizeof places / sizeof *places && file < 0; i++) {
    char *candidate;
    if (asprintf(&candidate, "%s%s%.*s%s/%s", root, places[i][0], (int)(slash - binary), binary,
                 places[i][1], name) >= 0)
      file = debugfile_try(candidate, &crc, path);
  }
  return file;
}

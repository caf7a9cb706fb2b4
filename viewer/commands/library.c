/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/library.h"

#include "commands/message.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* From the directory of the executable: installed, installed without a multiarch directory, and as
 * it lies in a build tree. */
static const char *const library_places[] = {
    "../" SEEP_LIBDIR "/libseep.so", "../lib/x86_64-linux-gnu/libseep.so", "../lib/libseep.so",
    "../preload/libseep.so",         "../../preload/libseep.so",
};

/* Where there is no /proc, by the name with which the kernel was asked for it. */
static bool library_own_directory(char own[PATH_MAX]) {
  const char *started = (const char *)getauxval(AT_EXECFN);
  ssize_t length = readlink("/proc/self/exe", own, PATH_MAX - 1);
  if (length >= 0)
    own[length] = '\0';
  else if (!started || !realpath(started, own))
    return false;
  *strrchr(own, '/') = '\0';
  return true;
}

static bool library_beside(char *path) {
  char own[PATH_MAX];
  if (!library_own_directory(own))
    return false;
  for (size_t i = 0; i < sizeof library_places / sizeof *library_places; i++) {
    char candidate[2 * PATH_MAX];
    snprintf(candidate, sizeof candidate, "%s/%s", own, library_places[i]);
    if (realpath(candidate, path))
      return true;
  }
  return false;
}

bool library_find(char *path) {
  const char *named = getenv("SEEP_LIBRARY");
  if (named && *named) {
    if (realpath(named, path) && access(path, R_OK) == 0)
      return true;
    message_error("SEEP_LIBRARY=%s: %s", named, strerror(errno));
    return false;
  }
  if (library_beside(path))
    return true;
  message_error("libseep.so is not beside this seep: set SEEP_LIBRARY to its path");
  return false;
}

bool library_preload(void) {
  char path[PATH_MAX];
  if (!library_find(path))
    return false;
  if (strpbrk(path, " :")) {
    message_error("%s cannot be preloaded, LD_PRELOAD ends a name at a space or a colon: "
                  "copy it and set SEEP_LIBRARY",
                  path);
    return false;
  }
  const char *before = getenv("LD_PRELOAD");
  char *list;
  if (asprintf(&list, "%s%s%s", path, before && *before ? ":" : "", before ? before : "") < 0)
    return false;
  bool set = setenv("LD_PRELOAD", list, 1) == 0;
  free(list);
  return set;
}

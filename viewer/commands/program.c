/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM_SCRIPTS_MOST 4 /* as the kernel follows them */

static bool program_is_executable(const char *path) {
  struct stat file;
  return stat(path, &file) == 0 && S_ISREG(file.st_mode) && access(path, X_OK) == 0;
}

bool program_find(const char *name, char *path) {
  if (strchr(name, '/'))
    return program_is_executable(name) && realpath(name, path);
  const char *list = getenv("PATH");
  for (const char *directory = list ? list : "/bin:/usr/bin"; directory;) {
    const char *end = strchrnul(directory, ':');
    int length = (int)(end - directory);
    char candidate[PATH_MAX];
    int needed = snprintf(candidate, sizeof candidate, "%.*s%s%s", length, directory,
                          length ? "/" : "", name);
    if (needed < PATH_MAX && program_is_executable(candidate))
      return realpath(candidate, path);
    directory = *end ? end + 1 : NULL;
  }
  return false;
}

/* The operand of "#!": the interpreter, or, where that is env, the program that env looks up. */
static bool program_named_by(const char *line, char *path) {
  char words[2][256] = {"", ""};
  if (sscanf(line, "#! %255s %255s", words[0], words[1]) < 1)
    return false;
  bool is_env = !strcmp(basename(words[0]), "env") && *words[1] && *words[1] != '-';
  return program_find(is_env ? words[1] : words[0], path);
}

bool program_interpreter(char *path) {
  for (int depth = 0; depth < PROGRAM_SCRIPTS_MOST; depth++) {
    char line[512];
    FILE *file = fopen(path, "re");
    bool read = file && fgets(line, sizeof line, file);
    if (file)
      fclose(file);
    if (!read || strncmp(line, "#!", 2) != 0)
      return read;
    if (!program_named_by(line, path))
      return false;
  }
  return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/program.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

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

/* Privileges gained by the start make the loader ignore LD_PRELOAD. */
static bool program_gains_privileges(const char *path) {
  struct stat file;
  if (stat(path, &file) != 0)
    return false;
  return ((file.st_mode & S_ISUID) && file.st_uid != getuid()) ||
         ((file.st_mode & S_ISGID) && file.st_gid != getgid()) ||
         (getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0);
}

static const char *program_elf_obstacle(int file, const Elf64_Ehdr *head) {
  if (memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
    return NULL; /* a script: its interpreter is what counts */
  if (head->e_ident[EI_CLASS] != ELFCLASS64 || head->e_machine != EM_X86_64)
    return "is built for another kind of machine than libseep.so";
  for (unsigned i = 0; i < head->e_phnum; i++) {
    Elf64_Phdr part;
    if (pread(file, &part, sizeof part, (off_t)(head->e_phoff + i * sizeof part)) != sizeof part)
      return NULL;
    if (part.p_type == PT_INTERP)
      return NULL;
  }
  return "is statically linked";
}

const char *program_obstacle(const char *path) {
  if (program_gains_privileges(path))
    return "gains privileges when it starts (setuid, setgid or capabilities)";
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return NULL;
  Elf64_Ehdr head;
  const char *obstacle = NULL;
  if (pread(file, &head, sizeof head, 0) == sizeof head)
    obstacle = program_elf_obstacle(file, &head);
  close(file);
  return obstacle;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/inspect.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Privileges gained by the start make the loader ignore LD_PRELOAD. A process that runs already is
 * judged by the file that it was started from. */
static bool loading_gains_privileges(const char *path) {
  struct stat file;
  if (stat(path, &file) != 0)
    return false;
  return ((file.st_mode & S_ISUID) && file.st_uid != getuid()) ||
         ((file.st_mode & S_ISGID) && file.st_gid != getgid()) ||
         (getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0);
}

static void loading_privileges(const struct inspect_target *target, struct diagnosis *diagnosis) {
  char path[PATH_MAX + INSPECT_ROOT_BYTES];
  snprintf(path, sizeof path, "%s%s", target->root, target->path);
  if (loading_gains_privileges(path))
    diagnosis_add(
        diagnosis, FINDING_BLOCKS, "privileges",
        "run it as the user whose privileges it takes, or a copy without them",
        "gains privileges when it starts (setuid, setgid or capabilities), and the loader "
        "preloads nothing then");
  else
    diagnosis_add(diagnosis, FINDING_FINE, "privileges", "", "gains none when it starts");
}

static bool loading_is_glibc(const char *interpreter) {
  const char *slash = strrchr(interpreter, '/');
  return !strcmp(slash ? slash + 1 : interpreter, "ld-linux-x86-64.so.2");
}

void inspect_loading(const struct inspect_target *target, struct diagnosis *diagnosis) {
  const struct image *executable = &target->images[0];
  char interpreter[PATH_MAX];
  if (!image_is_native(executable))
    diagnosis_add(diagnosis, FINDING_HARMS, "loading", "build or run it for x86-64",
                  "is built for another kind of machine than libseep.so (x86-64, 64 bits)");
  else if (!image_interpreter(executable, interpreter, sizeof interpreter))
    diagnosis_add(diagnosis, FINDING_BLOCKS, "loading", "link it dynamically",
                  "is statically linked: nothing can be preloaded into it");
  else if (!loading_is_glibc(interpreter))
    diagnosis_add(diagnosis, FINDING_HARMS, "loading",
                  "build or run it with glibc (musl cannot load libraries made for glibc)",
                  "uses another C library than libseep.so: its loader is %s", interpreter);
  else
    diagnosis_add(diagnosis, FINDING_FINE, "loading", "",
                  "loads shared libraries with glibc: libseep.so can be preloaded");
  loading_privileges(target, diagnosis);
}

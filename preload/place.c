/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"
#include "message.h"
#include "output.h"
#include "process.h"
#include "settings.h"
#include "sys.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <seep/stage.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 4200
#define OLD_LIMIT 1000

#define ANCESTOR_LIMIT 64

enum standing {
  STANDS_EMPTY,
  STANDS_ENDED,
  STANDS_OURS,      /* written by this process before an exec */
  STANDS_ANCESTORS, /* by one that started us, or started who did */
  STANDS_RUNNING,
  STANDS_OTHER
};

static long open_to_read(const char *path) {
  return sys_call4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
}

static void stage_name(char *name, const char *path) {
  struct text text = {name, 0, PATH_BYTES};
  text_add(&text, path);
  text_add(&text, SEEP_STAGE_SUFFIX);
}

static bool is_ancestor(uint32_t pid) {
  uint64_t at = (uint64_t)sys_call3(SYS_getppid, 0, 0, 0);
  for (int steps = 0; steps < ANCESTOR_LIMIT && at > 1; steps++) {
    if (at == pid)
      return true;
    at = process_parent_of(at);
  }
  return false;
}

static enum standing stage_standing(const char *path, uint64_t pid_start) {
  char name[PATH_BYTES];
  struct seep_stage head;
  stage_name(name, path);
  long descriptor = open_to_read(name);
  if (sys_failed(descriptor))
    return STANDS_ENDED;
  long got = sys_call3(SYS_read, descriptor, &head, sizeof head);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
  long asked = sys_call3(SYS_fcntl, descriptor, F_OFD_GETLK, &lock);
  sys_call3(SYS_close, descriptor, 0, 0);
  if (got != (long)sizeof head || head.magic != SEEP_STAGE_MAGIC)
    return STANDS_ENDED;
  if (head.pid == (uint32_t)sys_call3(SYS_getpid, 0, 0, 0) && head.pid_start == pid_start)
    return STANDS_OURS;
  if (sys_failed(asked) || lock.l_type == F_UNLCK)
    return STANDS_ENDED;
  return is_ancestor(head.pid) ? STANDS_ANCESTORS : STANDS_RUNNING;
}

static enum standing what_stands(const char *path, uint64_t pid_start) {
  struct stat is;
  uint32_t magic = 0;
  long descriptor = open_to_read(path);
  if (sys_failed(descriptor))
    return STANDS_OTHER;
  long result = sys_call3(SYS_fstat, descriptor, &is, 0);
  sys_call3(SYS_read, descriptor, &magic, sizeof magic);
  sys_call3(SYS_close, descriptor, 0, 0);
  if (sys_failed(result) || !S_ISREG(is.st_mode))
    return STANDS_OTHER;
  if (is.st_size == 0)
    return STANDS_EMPTY;
  return magic == SEEP_FRAME_MAGIC ? stage_standing(path, pid_start) : STANDS_OTHER;
}

static bool rename_away(const char *path, uint64_t number) {
  char from[PATH_BYTES], to[PATH_BYTES], numbered[PATH_BYTES];
  struct text text = {numbered, 0, sizeof numbered};
  text_add(&text, path);
  text_char(&text, '.');
  text_number(&text, number);
  if (sys_failed(sys_call6(SYS_renameat2, AT_FDCWD, (long)path, AT_FDCWD, (long)numbered,
                           RENAME_NOREPLACE, 0)))
    return false;
  stage_name(from, path);
  stage_name(to, numbered);
  sys_call4(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
  return true;
}

/* true: the name is free now. */
static bool make_way(const char *path, enum standing standing) {
  switch (standing) {
  case STANDS_EMPTY:
    return !sys_failed(sys_call3(SYS_unlink, path, 0, 0));
  case STANDS_ENDED:
  case STANDS_OURS:
    for (uint64_t number = 1; number < OLD_LIMIT; number++)
      if (rename_away(path, number))
        return true;
    break;
  case STANDS_ANCESTORS: /* a program that the recorded one runs: not asked for */
    return false;
  case STANDS_RUNNING:
    message_once(MESSAGE_EXISTS, path, 0);
    return false;
  case STANDS_OTHER:
    break;
  }
  message_once(MESSAGE_CREATE, path, EEXIST);
  return false;
}

bool place_trace(bool tagged, uint64_t pid_start) {
  char path[PATH_BYTES];
  int error = ENAMETOOLONG;
  if (settings_expand(path, sizeof path, tagged)) {
    if (output_create(path, &error))
      return true;
    if (error == EEXIST) {
      enum standing standing = what_stands(path, pid_start);
      if (standing == STANDS_ANCESTORS && settings.children && !tagged)
        return place_trace(true, pid_start);
      return make_way(path, standing) && output_create(path, &error);
    }
  }
  message_once(MESSAGE_CREATE, path, error);
  return false;
}

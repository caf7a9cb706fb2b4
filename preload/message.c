/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"
#include "signals.h"
#include "sys.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

static const char *const texts[MESSAGE_COUNT] = {
    [MESSAGE_WRITE] = "the trace cannot be written; events are lost until it can be, the program "
                      "runs on",
    [MESSAGE_CREATE] = "the trace cannot be made; nothing is recorded, the program runs on (set "
                       "SEEP_OUT, or seep run -o, to another place)",
    [MESSAGE_STAGE] = "the stage beside the trace cannot be made; nothing is recorded, the program "
                      "runs on (it needs some MiB of disk)",
    [MESSAGE_SLOT] = "no room for a thread's records; its events are only counted, the program "
                     "runs on",
    [MESSAGE_HIDDEN] =
        "has an allocator of its own inside the executable; what it allocates is not "
        "seen (build it without, or with the allocator as a shared library)",
    [MESSAGE_IN_FRONT] = "stands in front of libseep.so and allocates without calling it; nothing "
                         "is recorded (put libseep.so first in LD_PRELOAD)",
    [MESSAGE_TAKEN] =
        "its allocations are taken over before they arrive at libseep.so, as Valgrind "
        "does; nothing is recorded (run it without)",
    [MESSAGE_EXISTS] = "a running program writes this trace; nothing is recorded of this one (use "
                       "%p in the name)",
    [MESSAGE_FILTER] =
        "a seccomp filter of the program forbids what writing the trace takes; events "
        "are kept as long as there is room, then only counted, the program runs on",
    [MESSAGE_STRICT] = "a thread goes into seccomp's strict mode; what it allocates there is only "
                       "counted, the program runs on",
    [MESSAGE_NO_CLOCK] =
        "the program forbids itself to read the time stamp counter; recording ends "
        "here, the program runs on",
    [MESSAGE_LIMIT] = "the trace has reached its --max-size; from here on events are only counted, "
                      "the program runs on",
    [MESSAGE_REQUESTS] = "what it tells Valgrind of its pools cannot be taken, wholly or in part; "
                         "all else is recorded",
    [MESSAGE_REQUESTS_LATE] = "was loaded after the start: what it tells Valgrind of its pools is "
                              "not taken",
    [MESSAGE_MODULES] = "more than 4,095 libraries came and went: frames in those to come have no "
                        "names, but all is recorded",
};

static _Atomic unsigned said;
static _Atomic bool holding;
static _Atomic int held_error;

/* strerror allocates and translates; these are the errors that our calls meet. */
static const char *error_text(int error) {
  switch (error) {
  case 0:
    return "";
  case ENOSPC:
    return "No space left on device";
  case EDQUOT:
    return "Disk quota exceeded";
  case EFBIG:
    return "File too large";
  case EACCES:
  case EPERM:
    return "Permission denied";
  case EROFS:
    return "Read-only file system";
  case ENOENT:
    return "No such file or directory";
  case ENOTDIR:
    return "Not a directory";
  case EEXIST:
    return "File exists";
  case ELOOP:
    return "Is a symbolic link";
  case ENOMEM:
    return "Cannot allocate memory";
  case EMFILE:
  case ENFILE:
    return "Too many open files";
  case ENAMETOOLONG:
    return "File name too long";
  case EBADF:
    return "The file is gone or was closed";
  default:
    return "I/O error";
  }
}

static void append(char *line, size_t *used, size_t room, const char *text) {
  while (*text && *used + 1 < room) {
    char c = *text++;
    line[(*used)++] = (unsigned char)c < ' ' || c == 127 ? '?' : c;
  }
}

int message_hold(bool held) {
  atomic_store(&holding, held);
  return atomic_exchange(&held_error, 0);
}

void message_once(enum message message, const char *path, int error) {
  if (atomic_load(&holding)) {
    atomic_store(&held_error, error ? error : EEXIST);
    return;
  }
  unsigned bit = 1u << message;
  if (atomic_fetch_or(&said, bit) & bit)
    return;
  char line[768];
  size_t used = 0;
  append(line, &used, 32, "seep: ");
  append(line, &used, 480, path);
  append(line, &used, 520, error ? ": " : *path ? ": " : "");
  append(line, &used, 560, error_text(error));
  append(line, &used, sizeof line - 1, error ? ": " : "");
  append(line, &used, sizeof line - 1, texts[message]);
  line[used++] = '\n';
  uint64_t before = signals_block(); /* stderr may be a file that is full, or a pipe without end */
  signals_drop(sys_call3(SYS_write, 2, line, used));
  signals_restore(before);
}

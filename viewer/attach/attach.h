/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes a running process call the recorder's entry (seep/attach.h): one of its threads is held
 * where that is safe, is given code of its own to run, and is let go. While it opens the library
 * and obeys the order nothing is held, and nothing depends on this process any more.
 */
#ifndef SEEP_ATTACH_ATTACH_H
#define SEEP_ATTACH_ATTACH_H

#include <seep/attach.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* One list makes the statuses and their texts. */
#define ATTACH_STATUSES(X)                                                                         \
  X(ATTACH_OK, "done")                                                                             \
  X(ATTACH_GONE, "there is no such process")                                                       \
  X(ATTACH_DENIED, "may not be traced by this user")                                               \
  X(ATTACH_TRACED, "is traced by another process")                                                 \
  X(ATTACH_STOPPED, "is stopped")                                                                  \
  X(ATTACH_SECCOMP, "has a seccomp filter, which may end it for a call of ours")                   \
  X(ATTACH_SHADOW_STACK, "runs with a shadow stack, which a call from outside would break")        \
  X(ATTACH_NO_LIBC, "has no C library with dlopen")                                                \
  X(ATTACH_NO_LIBRARY, "cannot be given the library")                                              \
  X(ATTACH_NO_RECORDER, "has no recorder of this version of seep in it")                           \
  X(ATTACH_NO_SAFE_POINT, "did not come to a point where the library can be loaded")               \
  X(ATTACH_NO_MEMORY, "gave no memory")                                                            \
  X(ATTACH_NOT_LOADED, "did not load the library")                                                 \
  X(ATTACH_NO_HELPER, "could not be held: no helper process")                                      \
  X(ATTACH_CHANGED, "became another program meanwhile")                                            \
  X(ATTACH_WAITING, "has not finished the call")

enum attach_status {
#define X(name, text) name,
  ATTACH_STATUSES(X)
#undef X
};

/* The status's text, a constant, to stand behind the process's name. */
const char *attach_status_text(enum attach_status status);

struct attach_request {
  pid_t pid;
  const char
      *executable; /* its path, where it was looked at: another program is left alone; or NULL */
  enum seep_attach_action action;
  const char *library;  /* path of libseep.so; NULL: only if it is in there already */
  const char *settings; /* as in struct seep_attach_order; may be NULL */
  size_t settings_bytes;
  double timeout;       /* seconds to wait for a safe point, for the call's end, and for threads
                           that are still in the recorder's code */
  bool despite_seccomp; /* to go on with a filter in force */
};

struct attach_outcome {
  enum seep_attach_result result; /* of the entry */
  int error;                      /* errno that belongs to result, or to the status; or 0 */
  uint64_t calls;
  double held_s;    /* for so long the thread was held */
  double called_s;  /* for so long it worked for us then */
  char detail[512]; /* more on the status; may be empty */
};

enum attach_status attach_order(const struct attach_request *request,
                                struct attach_outcome *outcome);

#endif

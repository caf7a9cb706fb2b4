/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/attach_private.h"
#include "attach/library.h"
#include "attach/maps.h"
#include "attach/safepoint.h"
#include "attach/standing.h"
#include "attach/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ATTACH_ROUND_NS 20000000 /* between two looks at all threads */
#define ATTACH_POLL_NS 500000    /* between two looks whether the call is done */
#define ATTACH_SYSCALL_BYTES 64  /* of the function in which the instruction is looked for */
#define ATTACH_OPEN_MODE 0x1002u /* RTLD_NOW, RTLD_LOCAL, RTLD_NODELETE */
#define ATTACH_START_S 1.0       /* for a process to have its libraries */

const char *attach_status_text(enum attach_status status) {
  static const char *const texts[] = {
#define X(name, text) [name] = (text),
      ATTACH_STATUSES(X)
#undef X
  };
  return texts[status];
}

/* ---- Time ---- */

static double attach_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void attach_sleep(long ns) {
  const struct timespec time = {0, ns};
  nanosleep(&time, NULL);
}

/* ---- What is needed of the target ---- */

static enum attach_status attach_check(const struct attach *attach) {
  struct standing standing = standing_of(attach->request->pid);
  if (!standing.there || standing.state == 'Z' || standing.state == 'X')
    return ATTACH_GONE;
  if (standing.tracer)
    return ATTACH_TRACED;
  if (standing.state == 'T')
    return ATTACH_STOPPED;
  if (standing.shadow_stack)
    return ATTACH_SHADOW_STACK;
  if (standing.seccomp == 2 && !attach->request->despite_seccomp)
    return ATTACH_SECCOMP;
  return ATTACH_OK;
}

static uint64_t attach_find_instruction(const struct maps *maps, uint64_t libc) {
  static const uint8_t instruction[2] = {0x0f, 0x05};
  uint8_t code[ATTACH_SYSCALL_BYTES];
  uint64_t function = maps_function(maps, libc, "syscall");
  if (!function || !maps_copy(maps->pid, function, code, sizeof code))
    return 0;
  const uint8_t *at = memmem(code, sizeof code, instruction, sizeof instruction);
  return at ? function + (uint64_t)(at - code) : 0;
}

static bool attach_find_functions(struct attach *attach, const struct maps *maps) {
  uint64_t libc = maps_library(maps, "libc.so");
  if (!libc)
    libc = maps_library(maps, "libc-2.");
  uint64_t libdl = maps_library(maps, "libdl");
  struct stub_data *data = &attach->data;
  data->errno_location = libc ? maps_function(maps, libc, "__errno_location") : 0;
  data->open = libc ? maps_function(maps, libc, "dlopen") : 0;
  data->error = libc ? maps_function(maps, libc, "dlerror") : 0;
  if (!data->open && libdl) { /* before glibc 2.34 */
    data->open = maps_function(maps, libdl, "dlopen");
    data->error = maps_function(maps, libdl, "dlerror");
  }
  attach->instruction = libc ? attach_find_instruction(maps, libc) : 0;
  return data->errno_location && data->open && data->error && attach->instruction;
}

/* The library as it is loaded, or from where it is to be. */
static enum attach_status attach_find_library(struct attach *attach, const struct maps *maps) {
  const struct attach_request *request = attach->request;
  uint64_t loaded = maps_library(maps, "libseep.so");
  struct stub_data *data = &attach->data;
  data->file = ATTACH_NO_FILE;
  if (loaded || !request->library) {
    data->entry = loaded ? maps_function(maps, loaded, SEEP_ATTACH_ENTRY) : 0;
    return data->entry ? ATTACH_OK : ATTACH_NO_RECORDER;
  }
  data->entry = library_entry(request->library);
  data->mode = ATTACH_OPEN_MODE;
  attach->copied = !library_is_seen(request->pid, request->library);
  snprintf(attach->path, sizeof attach->path, "%s", request->library);
  return data->entry && strlen(request->library) < sizeof attach->path ? ATTACH_OK
                                                                       : ATTACH_NO_LIBRARY;
}

static bool attach_is_program(const struct attach_request *request) {
  char name[64], path[PATH_MAX];
  snprintf(name, sizeof name, "/proc/%d/exe", (int)request->pid);
  ssize_t length = readlink(name, path, sizeof path - 1);
  path[length > 0 ? length : 0] = '\0';
  return !request->executable || !strcmp(path, request->executable);
}

static enum attach_status attach_prepare(struct attach *attach) {
  struct maps maps;
  if (!attach_is_program(attach->request))
    return ATTACH_CHANGED;
  if (!stub_vectors_fit())
    return ATTACH_NO_MEMORY;
  if (!maps_read(&maps, attach->request->pid))
    return ATTACH_DENIED;
  enum attach_status status = ATTACH_NO_LIBC;
  if (attach_find_functions(attach, &maps))
    status = attach_find_library(attach, &maps);
  maps_free(&maps);
  return status;
}

/* ---- A thread at a safe point ---- */

/* true: it is held, and at a safe point. */
static bool attach_try(struct attach *attach, struct safepoint *safepoint, pid_t tid, int *error) {
  struct attach_outcome *outcome = attach->outcome;
  if (!remote_hold(&attach->remote, attach->request->pid, tid, error))
    return false;
  if (safepoint_is(safepoint, &attach->remote, outcome->detail, sizeof outcome->detail))
    return true;
  remote_release(&attach->remote);
  return false;
}

/* Tries each thread once, those that sleep first. */
static bool attach_try_all(struct attach *attach, struct safepoint *safepoint, int *error) {
  size_t count;
  bool held = false;
  struct task *tasks = tasks_list(attach->request->pid, &count);
  if (!tasks)
    *error = ESRCH;
  for (int running = 0; running < 2 && !held; running++)
    for (size_t i = 0; i < count && !held && *error != EPERM; i++)
      if (tasks[i].sleeps != running)
        held = attach_try(attach, safepoint, tasks[i].tid, error);
  free(tasks);
  return held;
}

/* What is known of its code is looked up anew for every round: libraries may have come. */
static enum attach_status attach_try_round(struct attach *attach, int *error) {
  struct safepoint *safepoint = safepoint_new(attach->request->pid);
  *error = 0;
  if (!safepoint)
    return ATTACH_DENIED;
  bool held = attach_try_all(attach, safepoint, error);
  safepoint_free(safepoint);
  return held ? ATTACH_OK : ATTACH_NO_SAFE_POINT;
}

static enum attach_status attach_hold(struct attach *attach) {
  double end = attach_now() + attach->request->timeout;
  enum attach_status status, standing = ATTACH_OK;
  int error;
  while ((status = attach_try_round(attach, &error)) == ATTACH_NO_SAFE_POINT && error != EPERM) {
    standing = attach_check(attach);
    if (standing != ATTACH_OK || attach_now() > end)
      break;
    attach_sleep(ATTACH_ROUND_NS);
  }
  if (status == ATTACH_OK || standing == ATTACH_OK)
    return status != ATTACH_OK && error == EPERM ? ATTACH_DENIED : status;
  return standing;
}

/* ---- What came of it ---- */

static enum attach_status attach_wait(struct attach *attach) {
  const struct attach_request *request = attach->request;
  struct attach_outcome *outcome = attach->outcome;
  struct stub_report report = {0};
  double began = attach_now();
  while (!report.done) {
    if (!maps_copy(request->pid, attach->data.report, &report, sizeof report))
      return ATTACH_GONE;
    if (attach_now() - began > request->timeout && !report.done)
      return ATTACH_WAITING;
    if (!report.done)
      attach_sleep(ATTACH_POLL_NS);
  }
  outcome->called_s = attach_now() - began;
  if (report.result == STUB_NOT_LOADED) {
    memcpy(outcome->detail, report.error, sizeof report.error);
    outcome->detail[sizeof outcome->detail - 1] = '\0';
    load_clean(attach);
    return ATTACH_NOT_LOADED;
  }
  struct seep_attach_order order;
  if (!maps_copy(request->pid, attach->data.order, &order, sizeof order))
    return ATTACH_GONE;
  outcome->result = (enum seep_attach_result)report.result;
  outcome->error = (int)order.error;
  outcome->calls = order.calls;
  return ATTACH_OK;
}

/* ---- Who does it ---- */

/* What the helper hands back. */
struct attach_result {
  enum attach_status status;
  struct attach attach;
  struct attach_outcome outcome;
};

/* It may have executed another program since we looked. */
static bool attach_is_as_before(const struct attach *attach) {
  struct attach now = {.request = attach->request, .outcome = attach->outcome};
  return attach_prepare(&now) == ATTACH_OK && now.instruction == attach->instruction &&
         now.data.open == attach->data.open && now.data.entry == attach->data.entry &&
         now.data.mode == attach->data.mode;
}

static void attach_hold_and_start(struct attach_result *result) {
  struct attach *attach = &result->attach;
  result->status = attach_hold(attach);
  if (result->status != ATTACH_OK)
    return;
  if (!attach_is_as_before(attach)) {
    remote_release(&attach->remote);
    result->status = ATTACH_CHANGED;
    return;
  }
  result->outcome.detail[0] = '\0';
  double held = attach_now();
  result->status = load_start(attach);
  result->outcome.held_s = attach_now() - held;
}

static bool attach_receive(int from, void *to, size_t bytes) {
  size_t used = 0;
  ssize_t got = 1;
  while (used < bytes && got > 0) {
    got = read(from, (char *)to + used, bytes - used);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got > 0)
      used += (size_t)got;
  }
  return used == bytes;
}

/* The thread is held by a child in a session of its own: so that whoever ends us, by ^C or SIGKILL,
 * does not end it where a thread of the target has registers that are not its own. */
static enum attach_status attach_by_helper(struct attach *attach) {
  struct attach_result result = {.status = ATTACH_NO_HELPER, .attach = *attach};
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return ATTACH_NO_HELPER;
  pid_t helper = fork();
  if (helper == 0) {
    setsid();
    signal(SIGPIPE, SIG_IGN);
    result.attach.outcome = &result.outcome;
    attach_hold_and_start(&result);
    _exit(write(ends[1], &result, sizeof result) != (ssize_t)sizeof result);
  }
  close(ends[1]);
  bool whole = helper > 0 && attach_receive(ends[0], &result, sizeof result);
  close(ends[0]);
  if (helper > 0)
    waitpid(helper, NULL, 0);
  if (!whole)
    return ATTACH_NO_HELPER;
  struct attach_outcome *outcome = attach->outcome;
  *outcome = result.outcome;
  *attach = result.attach;
  attach->outcome = outcome;
  return result.status;
}

static enum attach_status attach_once(struct attach *attach) {
  *attach->outcome = (struct attach_outcome){0};
  enum attach_status status = attach_check(attach);
  if (status == ATTACH_OK)
    status = attach_prepare(attach);
  return status == ATTACH_OK ? attach_by_helper(attach) : status;
}

/* A process that has just been started may not have its libraries yet. */
static enum attach_status attach_obeyed(const struct attach_request *request,
                                        struct attach_outcome *outcome) {
  struct attach attach;
  double end =
      attach_now() + (request->timeout < ATTACH_START_S ? request->timeout : ATTACH_START_S);
  enum attach_status status;
  for (;;) {
    attach = (struct attach){.request = request, .outcome = outcome};
    status = attach_once(&attach);
    if (status != ATTACH_NO_LIBC || attach_now() > end)
      break;
    attach_sleep(ATTACH_ROUND_NS);
  }
  return status == ATTACH_OK ? attach_wait(&attach) : status;
}

/* What is asked again has put calls back the first time. */
enum attach_status attach_order(const struct attach_request *request,
                                struct attach_outcome *outcome) {
  double end = attach_now() + request->timeout;
  uint64_t calls = 0;
  enum attach_status status;
  for (;;) {
    status = attach_obeyed(request, outcome);
    outcome->calls = calls += outcome->calls;
    if (status != ATTACH_OK || outcome->result != SEEP_ATTACH_LATER || attach_now() > end)
      return status;
    attach_sleep(ATTACH_ROUND_NS);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "lifecycle.h"
#include "arena.h"
#include "capture.h"
#include "clock.h"
#include "contexts.h"
#include "cuts.h"
#include "drain.h"
#include "fallback.h"
#include "got.h"
#include "loader.h"
#include "members.h"
#include "message.h"
#include "modules.h"
#include "offspring.h"
#include "output.h"
#include "place.h"
#include "proc.h"
#include "process.h"
#include "real.h"
#include "requests.h"
#include "resident.h"
#include "selftest.h"
#include "settings.h"
#include "signals.h"
#include "stage.h"
#include "sys.h"
#include "thinning.h"
#include "thread.h"
#include "workspace.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <seep/attach.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A daemon's parent exits right after the fork: so long a child waits to see whether it does. */
#define WATCH_NS 10000000000u

static _Atomic enum lifecycle_state state = LIFECYCLE_NEW;
static uint8_t trace_id[16];
static struct process_parent parent;
static bool was_opened;
static bool is_child; /* of a recorded process: the trace must have a name of its own */
static uint32_t watch_events;
static long own_pid, watch_parent;
static uint64_t watch_end_ns;

int __cxa_atexit(void (*function)(void *), void *argument, void *library);
int __cxa_at_quick_exit(void (*function)(void *), void *library);

/* ---- start
 * --------------------------------------------------------------------------------------*/

static void make_identity(void) {
  if (sys_call3(SYS_getrandom, trace_id, sizeof trace_id, GRND_NONBLOCK) == sizeof trace_id)
    return;
  const uint64_t unlikely_again[2] = {clock_stamp(), clock_ns(CLOCK_REALTIME)};
  memcpy(trace_id, unlikely_again, sizeof trace_id);
}

/* Leaves nothing behind of a trace that cannot be recorded. */
static bool give_up(enum message message) {
  message_once(message, output_path(), (int)stage_get(&stage->last_errno));
  stage_remove();
  output_discard();
  return false;
}

/* start_contexts makes the part of the stage that must be there before the first record. */
static bool open_trace(bool (*start_contexts)(void)) {
  uint64_t pid_start = process_start_time();
  if (!place_trace(is_child, pid_start))
    return false;
  make_identity();
  if (!stage_open(output_path(), trace_id, pid_start) || !start_contexts())
    return give_up(MESSAGE_STAGE);
  if (!process_write(trace_id, pid_start, &parent))
    return give_up(MESSAGE_WRITE);
  thinning_start();
  proc_start();
  offspring_open();
  resident_at_moment();
  return true;
}

static bool is_wanted(void) {
  long pid = sys_call3(SYS_getpid, 0, 0, 0);
  return !settings.root_pid || settings.children || (uint32_t)pid == settings.root_pid;
}

static void start_capture(void) {
  const struct capture_options options = {.way =
                                              settings.libunwind ? CAPTURE_LIBUNWIND : CAPTURE_AUTO,
                                          .depth = settings.depth,
                                          .verify_every = settings.verify_every};
  capture_start(&options);
}

static bool start_first(void) {
  clock_start();
  settings_read(NULL);
  if (!is_wanted())
    return false;
  loader_find();
  modules_start();
  if (!open_trace(contexts_start))
    return false;
  start_capture();
  return true;
}

/* It was to be recorded and cannot be: it may have become another user's. */
static void count_unrecorded_child(void) {
  offspring_begin();
  offspring_add_child();
}

static bool start_child(void) {
  is_child = true;
  modules_forget();
  if (!open_trace(contexts_reset)) {
    if (settings.children)
      count_unrecorded_child();
    return false;
  }
  capture_restart();
  modules_write_pending();
  return true;
}

/* Exactly one thread gets here per process; others record nothing until it is done. */
static bool start(enum lifecycle_state from) {
  if (!atomic_compare_exchange_strong(&state, &from, LIFECYCLE_STARTING))
    return false;
  int saved = errno;
  bool first = from == LIFECYCLE_NEW;
  own_pid = sys_call3(SYS_getpid, 0, 0, 0);
  if (first)
    real_look_up(false);
  uint64_t before = signals_block();
  bool started = first ? start_first() : start_child();
  atomic_store(&state, started ? LIFECYCLE_RECORDING : LIFECYCLE_OFF);
  signals_restore(before);
  errno = saved;
  return started;
}

/* A child whose parent has gone: a daemon. Looked at ever more seldom. */
static bool watch(void) {
  uint32_t events = ++watch_events;
  if ((events & (events - 1)) && events % 1024)
    return false;
  if (sys_call3(SYS_getppid, 0, 0, 0) != watch_parent) {
    atomic_store(&state, LIFECYCLE_CHILD);
    return start(LIFECYCLE_CHILD);
  }
  if (clock_ns(CLOCK_MONOTONIC) > watch_end_ns)
    atomic_store(&state, LIFECYCLE_OFF);
  return false;
}

bool lifecycle_recording(void) {
  switch (atomic_load_explicit(&state, memory_order_acquire)) {
  case LIFECYCLE_RECORDING:
    return true;
  case LIFECYCLE_NEW:
    return start(LIFECYCLE_NEW);
  case LIFECYCLE_CHILD:
    return start(LIFECYCLE_CHILD);
  case LIFECYCLE_WATCHING:
    return watch();
  case LIFECYCLE_OFF:
    thread_off();
    return false;
  default:
    return false;
  }
}

bool lifecycle_watching(void) {
  return atomic_load_explicit(&state, memory_order_relaxed) == LIFECYCLE_WATCHING;
}

/* ---- fork
 * ---------------------------------------------------------------------------------------*/

/* When this thread is about to fork; 0: it is not, or the C library does not tell (raw clone). */
static __thread uint64_t fork_stamp __attribute__((tls_model("initial-exec")));

/* Taken before, since the parent goes on at once: what it frees then, the child still has. */
static void before_fork(void) {
  if (atomic_load(&state) != LIFECYCLE_RECORDING)
    return;
  fork_stamp = settings.children ? cuts_make() : clock_stamp();
}

static void after_fork_in_parent(void) {
  fork_stamp = 0;
  bool counts =
      atomic_load(&state) == LIFECYCLE_RECORDING ? !settings.children : offspring_counting;
  if (!counts)
    return;
  offspring_add_child();
  offspring_tell();
}

static void remember_parent(void) {
  parent.forked = true;
  memcpy(parent.trace_id, trace_id, sizeof trace_id);
  parent.fork_stamp = fork_stamp ? fork_stamp : clock_stamp();
}

void lifecycle_forked(void) {
  enum lifecycle_state now = atomic_load(&state);
  if (now == LIFECYCLE_RECORDING)
    remember_parent();
  fork_stamp = 0;
  if (!settings.children || offspring_counting)
    offspring_begin();
  if (now == LIFECYCLE_NEW || now == LIFECYCLE_OFF)
    return;
  got_forget();
  if (now == LIFECYCLE_ASLEEP) {
    thread_forget_all();
    return;
  }
  thread_forget_all();
  cuts_forget();
  members_forget();
  workspace_forget_all();
  output_forget();
  stage_forget();
  proc_forget();
  resident_forget();
  watch_events = 0;
  watch_parent = own_pid; /* not getppid: the parent may be gone already */
  own_pid = sys_call3(SYS_getpid, 0, 0, 0);
  watch_end_ns = clock_ns(CLOCK_MONOTONIC) + WATCH_NS;
  if (was_opened) /* its calls lead to our hooks, which pass them on */
    atomic_store(&state, LIFECYCLE_ASLEEP);
  else
    atomic_store(&state, settings.children ? LIFECYCLE_CHILD : LIFECYCLE_WATCHING);
}

void lifecycle_cloned(void) {
  if (!settings.children || offspring_counting)
    offspring_add_child();
  lifecycle_forked();
}

/* ---- the end
 * ------------------------------------------------------------------------------------*/

static void write_end(struct workspace *workspace, void *written) {
  resident_write(workspace);
  *(bool *)written = drain_write_state(SEEP_FRAME_END);
}

/* false: what the stage still holds, if only the counters, is to be read from there. */
static bool complete_trace(void) {
  bool all = thread_drain_all(), written = false;
  struct workspace *workspace = workspace_take();
  if (workspace) {
    workspace_run(workspace, write_end, &written);
    workspace_give_back(workspace);
  }
  __atomic_store_n(&stage->control, SEEP_CONTROL_CLOSED, __ATOMIC_RELEASE);
  if (all && written)
    stage_remove();
  return all && written;
}

static void end(void *unused) {
  (void)unused;
  offspring_flush();
  enum lifecycle_state recording = LIFECYCLE_RECORDING, ending = LIFECYCLE_ENDING;
  if (!atomic_compare_exchange_strong(&state, &recording, LIFECYCLE_OFF) &&
      !atomic_compare_exchange_strong(&state, &ending, LIFECYCLE_OFF))
    return;
  uint64_t before = signals_block();
  complete_trace();
  signals_restore(before);
}

void lifecycle_stop(void) {
  end(NULL);
  thread_off();
}

/* Registered without a library and before the dynamic loader registers its own handler, so that it
 * runs after the destructors of every library. */
static void register_ends(void) {
  __cxa_atexit(end, NULL, NULL);
  __cxa_at_quick_exit(end, NULL);
}

static void test_self(struct thread *thread) {
  const char *culprit;
  enum message message = thread ? selftest(thread, &culprit) : MESSAGE_COUNT;
  if (message != MESSAGE_COUNT)
    message_once(message, culprit, 0);
}

/* libunwind comes with another library and, while it is used, with descriptors and a lock: only
 * where it was asked for. */
static void open_unwinder(void) {
  if (settings.calls_out && !fallback_is_open())
    fallback_start(got_bind);
}

/* ---- In a process that runs already
 * ------------------------------------------------------------*/

enum lifecycle_state lifecycle_state(void) {
  return atomic_load(&state);
}

bool lifecycle_was_opened(void) {
  return was_opened;
}

/* Once per process, but for what makes sure of that itself. */
static void prepare_opened(void) {
  static bool prepared;
  thread_start_ends();
  if (prepared)
    return;
  prepared = true;
  pthread_atfork(before_fork, after_fork_in_parent, lifecycle_forked);
  __cxa_at_quick_exit(end, NULL);
}

static bool start_opened(const char *given) {
  static bool before;
  if (!before) {
    clock_start();
    loader_find();
    real_look_up(true);
    modules_start();
    process_set_attached();
  }
  before = true;
  if (!thread_is_left()) /* else the next time */
    arena_unmap_private();
  settings_read(given);
  open_unwinder();
  parent = (struct process_parent){.forked = false};
  modules_forget();
  if (!open_trace(contexts_reset))
    return false;
  start_capture();
  capture_module_check(0); /* what is known of code is of the last recording */
  capture_restart();
  return true;
}

bool lifecycle_wake(const char *given) {
  enum lifecycle_state asleep = LIFECYCLE_ASLEEP;
  if (!atomic_compare_exchange_strong(&state, &asleep, LIFECYCLE_STARTING))
    return false;
  own_pid = sys_call3(SYS_getpid, 0, 0, 0);
  prepare_opened();
  bool started = start_opened(given);
  if (!started) {
    output_forget();
    stage_forget();
    proc_forget();
  }
  atomic_store(&state, started ? LIFECYCLE_RECORDING : LIFECYCLE_ASLEEP);
  return started;
}

/* What a thread in our code works with goes only when it is out: its workspace, and the descriptors
 * that it writes to, whose numbers the target may have for files of its own at once. */
enum lifecycle_sleep lifecycle_sleep(void) {
  enum lifecycle_state recording = LIFECYCLE_RECORDING, ending = LIFECYCLE_ENDING;
  atomic_compare_exchange_strong(&state, &recording, LIFECYCLE_ENDING);
  if (atomic_load(&state) != LIFECYCLE_ENDING)
    return LIFECYCLE_SLEEPS_NOT;
  if (!thread_end_session())
    return LIFECYCLE_SLEEPS_LATER;
  if (!atomic_compare_exchange_strong(&state, &ending, LIFECYCLE_ASLEEP))
    return LIFECYCLE_SLEEPS_NOT; /* the process ends */
  bool complete = complete_trace();
  output_forget();
  stage_forget();
  proc_forget();
  offspring_close();
  if (!thread_is_left()) /* else the next time */
    workspace_release_all();
  return complete ? LIFECYCLE_SLEEPS : LIFECYCLE_SLEEPS_PARTLY;
}

/* Its end is registered when the loader's own handler runs, to come right behind it. */
__attribute__((destructor)) static void destruct(void) {
  enum lifecycle_state now = atomic_load(&state);
  if (was_opened && (now == LIFECYCLE_RECORDING || now == LIFECYCLE_ENDING))
    __cxa_atexit(end, NULL, NULL);
}

/* A preloaded library is found where the program's own names are looked up. */
static bool is_preloaded(void) {
  void *program = dlopen(NULL, RTLD_LAZY | RTLD_NOLOAD);
  bool found = program && dlsym(program, SEEP_ATTACH_ENTRY);
  if (program)
    dlclose(program);
  return found;
}

__attribute__((constructor)) static void construct(void) {
  int saved = errno;
  if (atomic_load(&state) == LIFECYCLE_NEW && !is_preloaded()) {
    was_opened = true;
    atomic_store(&state, LIFECYCLE_ASLEEP);
    errno = saved;
    return;
  }
  struct thread *thread = thread_enter();
  if (thread)
    thread_in_silence(thread); /* what follows allocates: not the target's doing, and not lost */
  if (lifecycle_recording()) {
    thread_start_ends();
    pthread_atfork(before_fork, after_fork_in_parent, lifecycle_forked);
    register_ends();
    test_self(thread);
    requests_start();
    open_unwinder(); /* not before libc is ready for that */
  }
  if (thread)
    thread_leave(thread);
  errno = saved;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the recorder keeps per thread, and the guard of every hook:
 *
 *     struct thread *thread = thread_enter();   NULL: call the real function, record nothing
 *     …                                         at least THREAD_ROOM records can be appended
 *     thread_in_real(thread);                   hooks called from here on are the real function's
 * own … thread_leave(thread);
 *
 * A thread's state is made at its first event. It stands in memory that a forked child finds wiped:
 * there next equals limit, which leads into the slow path, so that not even a raw clone can write
 * into its parent's records.
 */
#ifndef SEEP_THREAD_H
#define SEEP_THREAD_H

#include "capture.h"
#include "clock.h"
#include "frees.h"
#include "stage.h"
#include <seep/stage.h>
#include <stdbool.h>
#include <stdint.h>

#define THREAD_ROOM 4 /* records that a hook may append between enter and leave */
/* Of busy: our own code is at work. Any other value is the frame address of a hook in whose real
 * call we are, and THREAD_SILENT with it where that call is known to come back into hooks. */
#define THREAD_RECORDER 1
#define THREAD_SILENT 2

struct thread {
  struct seep_record *next, *limit;
  uintptr_t busy;         /* 0: no hook is at work */
  uintptr_t last_address; /* of the last recorded allocation */
  struct seep_slot *slot;
  struct capture *capture;
  /* Of the last allocation in the last drained block, if it lived on: its free, coming next, makes
   * it temporary. */
  uint64_t tail_address;
  uint32_t tail_context;
  uint32_t serial;
  bool announced; /* its THREAD frame is in the trace */
  bool shared;    /* by threads that have ended: it has a name of its own */
  bool ending;    /* the first round of its destructors has begun */
  uint64_t last_drain_ns;
  struct thread *next_free, *next_made;
  uint32_t session; /* that its slot is of, see thread_end_session */
  struct frees frees;
};

extern __thread struct thread *thread_self __attribute__((tls_model("initial-exec")));

/* The slow path of thread_enter: first event, full block, inner call, fork, nothing to record to.
 */
struct thread *thread_enter_slow(uintptr_t stack_pointer);

/* The pthread key's destructor; the thread may have events even after it. */
void thread_end(void *unused);
/* Once or more, when the library is initialised: thread ends are seen from now on. */
void thread_start_ends(void);
/* Recording has ended, and may begin again in another stage: whatever threads have of this one is
 * void, and each makes itself anew at its next event. Waits, for at most some milliseconds, for
 * those that are in a hook. false: one of them is still in our own code; to be called again. */
bool thread_end_session(void);
/* Whether a thread may still be in the real function's part of a hook that it entered in an earlier
 * session: what it has of that one must stay mapped. It does not write to all that, so what stays
 * is hardly more than addresses. */
bool thread_is_left(void);
/* Of the calling thread: its next event comes through the slow path, which looks for modules that
 * came or went (got.h). */
void thread_look_at_modules(void);
/* Of the calling thread, in a hook: what it has is written out, and its slot becomes the largest
 * that there is. */
void thread_make_room(struct thread *thread);
/* Of the calling thread: its events are only counted from now on. Gives what thread_speak takes to
 * have it otherwise again. */
struct thread *thread_silence(void);
void thread_speak(struct thread *before);
/* In a forked child: all threads but this one are gone, and this one's state with them. */
void thread_forget_all(void);
/* For a process that is not recorded. */
void thread_off(void);
/* At the process's end: drains every thread's block; false: a block was in use and stays in the
 * stage. */
bool thread_drain_all(void);

/* A shared state's busy is looked at by several threads. */
static inline __attribute__((always_inline)) uintptr_t thread_busy(const struct thread *thread) {
  return __atomic_load_n(&thread->busy, __ATOMIC_RELAXED);
}

static inline __attribute__((always_inline)) void thread_set_busy(struct thread *thread,
                                                                  uintptr_t busy) {
  __atomic_store_n(&thread->busy, busy, __ATOMIC_RELAXED);
}

static inline __attribute__((always_inline)) struct thread *thread_enter(void) {
  struct thread *thread = thread_self;
  if (__builtin_expect(thread->next >= thread->limit || thread_busy(thread), 0))
    return thread_enter_slow((uintptr_t)__builtin_frame_address(0));
  thread_set_busy(thread, THREAD_RECORDER);
  __asm__ volatile("" ::: "memory");
  /* Again, now that whoever ends the session sees us: it may have ended since the first look. */
  if (__builtin_expect(thread->next >= thread->limit, 0)) {
    thread_set_busy(thread, 0);
    return thread_enter_slow((uintptr_t)__builtin_frame_address(0));
  }
  return thread;
}

static inline __attribute__((always_inline)) void thread_in_real(struct thread *thread) {
  thread_set_busy(thread, (uintptr_t)__builtin_frame_address(0));
}

/* The real call is expected to come back into hooks (operator delete calls free): they pass,
 * uncounted. */
static inline __attribute__((always_inline)) void thread_in_silence(struct thread *thread) {
  thread_set_busy(thread, (uintptr_t)__builtin_frame_address(0) | THREAD_SILENT);
}

static inline __attribute__((always_inline)) void thread_in_recorder(struct thread *thread) {
  thread_set_busy(thread, THREAD_RECORDER);
}

static inline __attribute__((always_inline)) void thread_leave(struct thread *thread) {
  __atomic_store_n(&thread->busy, 0, __ATOMIC_RELEASE); /* a shared state's lock */
}

/* One more in a counter of the thread's slot. By one instruction: no handler of a signal comes in
 * between, and another thread, which empties it at the end, finds it before or after. */
static inline __attribute__((always_inline)) void thread_count(uint64_t *counter) {
  __asm__("incq %0" : "+m"(*counter) : : "cc");
}

/* Appends a record. Once committed says so it is the stage's, whatever happens to the process. */
static inline __attribute__((always_inline)) void
thread_append(struct thread *thread, uint64_t stamp, uint64_t where, uint64_t what) {
  struct seep_record *record = thread->next;
  record->stamp = stamp;
  record->where = where;
  record->what = what;
  thread->next = record + 1;
  struct seep_slot *slot = thread->slot;
  __atomic_store_n(&slot->committed, slot->committed + 1, __ATOMIC_RELEASE);
}

#endif

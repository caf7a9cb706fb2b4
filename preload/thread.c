/* SPDX-License-Identifier: Apache-2.0 */
#include "thread.h"
#include "contexts.h"
#include "drain.h"
#include "got.h"
#include "lifecycle.h"
#include "message.h"
#include "signals.h"
#include "states.h"
#include "sys.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>

#define MANY_CONTEXTS 200000
#define VERY_MANY_CONTEXTS 360000
#define BUSY_NS 100000000u /* a block that fills faster makes its thread's slot grow */
#define RETRY_EVENTS 4096u /* without a slot: try again after so many events */
#define ORPHANS 8
#define ORPHAN_SPINS 500
#define ORPHAN_NAME "(ended threads)"
#define SESSION_WAITS 50 /* of a millisecond, for threads to leave their hooks */

/* Threads without state, with states that never record: the first test of every hook leads from
 * them into the slow path. */
static struct thread none, ended, off, silent;
/* For events of threads whose state is gone (after their last destructor): shared, busy is the lock
 * of each. The first is no thread's; others are made when all that there are are busy. */
static struct thread *orphans[ORPHANS];
static _Atomic int making_orphan;
static _Atomic uint64_t alive;
static _Atomic uint32_t session;
static pthread_key_t end_key;
static _Atomic bool end_key_made;
static _Atomic uint32_t without_slot;

__thread struct thread *thread_self __attribute__((tls_model("initial-exec"))) = &none;

/* ---- slots
 * --------------------------------------------------------------------------------------*/

static void set_limit(struct thread *thread) {
  struct seep_slot *slot = thread->slot;
  size_t records = (slot->bytes - sizeof *slot) / sizeof *slot->records;
  thread->limit = slot->records + records - THREAD_ROOM;
}

static void use_slot(struct thread *thread, struct seep_slot *slot) {
  thread->slot = slot;
  thread->next = slot->records;
  set_limit(thread);
}

static uint64_t thread_pointer(void) {
  uint64_t pointer;
  __asm__("movq %%fs:0, %0" : "=r"(pointer));
  return pointer;
}

static void name_slot(struct seep_slot *slot, uint32_t serial) {
  long tid = sys_call3(SYS_gettid, 0, 0, 0);
  slot->tid = sys_failed(tid) ? 0 : (uint32_t)tid;
  stage_set(&slot->thread_pointer, slot->tid == stage->pid ? 0 : thread_pointer());
  sys_call3(SYS_prctl, PR_GET_NAME, slot->name, 0);
  slot->start_stamp = clock_stamp();
  stage_own_slot(slot, serial); /* from here on readers see it */
}

/* What a busy thread's slot grows to. 512 KiB are granted to each; what is more has to be found in
 * what is granted for contexts and not taken, some 12 bytes each. Each block leaves as many rows of
 * sums as it has contexts: programs that have very many need long blocks to leave few per event. */
static size_t widest(void) {
  uint32_t contexts = contexts_count();
  bool alone = stage_get(&stage->threads) <= 1;
  if (!alone || contexts < MANY_CONTEXTS)
    return STAGE_SLOT_USUAL;
  return contexts < VERY_MANY_CONTEXTS ? STAGE_SLOT_LARGE : STAGE_SLOT_LARGEST;
}

static size_t wider(size_t bytes) {
  size_t most = widest();
  return bytes * 4 < most ? bytes * 4 : most;
}

static void change_slot(struct thread *thread, struct seep_slot *slot) {
  struct seep_slot *old = thread->slot;
  slot->committed = slot->drained = old->committed;
  memcpy(slot->name, old->name, sizeof slot->name);
  slot->tid = old->tid;
  stage_set(&slot->thread_pointer, old->thread_pointer);
  slot->start_stamp = old->start_stamp;
  stage_own_slot(slot, thread->serial);
  use_slot(thread, slot);
  drain_add_counts(old);
  stage_outgrow_slot(old);
}

/* Gives a busy thread a larger slot, so that it drains less often and more pairs cancel. */
static void grow_slot(struct thread *thread) {
  uint64_t now_ns = clock_ns(CLOCK_MONOTONIC_COARSE);
  bool busy = now_ns - thread->last_drain_ns < BUSY_NS;
  thread->last_drain_ns = now_ns;
  size_t had = thread->slot->bytes, bytes = wider(had);
  struct seep_slot *slot = busy && bytes > had ? stage_slot(bytes) : NULL;
  if (slot)
    change_slot(thread, slot);
}

void thread_make_room(struct thread *thread) {
  if (thread->slot->bytes >= STAGE_SLOT_LARGEST)
    return;
  uint64_t before = signals_block();
  struct seep_slot *slot = stage_slot(STAGE_SLOT_LARGEST);
  if (slot && drain_full(thread))
    change_slot(thread, slot);
  else if (slot)
    stage_release_slot(slot);
  signals_restore(before);
}

/* ---- a thread's life
 * ----------------------------------------------------------------------------*/

static void count_alive(int change) {
  uint64_t now = atomic_fetch_add(&alive, (uint64_t)(int64_t)change) + (uint64_t)(int64_t)change;
  if (now < UINT32_MAX)
    stage_raise(&stage->peak_threads, now);
}

/* The thread is busy, so whoever ends the session of its slot waits for it, or sees it left. */
static bool equip(struct thread *thread, uint32_t serial) {
  uint32_t of = atomic_load(&session); /* before the slot: it may end at once */
  struct seep_slot *slot = stage_slot(SEEP_STAGE_GRAIN);
  if (!slot)
    return false;
  thread->session = of;
  thread->serial = serial;
  thread->tail_address = 0;
  thread->announced = serial == 0;
  use_slot(thread, slot);
  name_slot(slot, serial);
  return true;
}

static uint32_t next_serial(void) {
  return (uint32_t)__atomic_add_fetch(&stage->threads, 1, __ATOMIC_RELAXED);
}

static struct thread *begin(void) {
  struct thread *thread = states_take();
  if (!thread)
    return NULL;
  __atomic_store_n(&thread->busy, THREAD_RECORDER, __ATOMIC_SEQ_CST);
  if (!equip(thread, next_serial())) {
    states_give_back(thread);
    return NULL;
  }
  count_alive(1);
  thread_self = thread;
  if (atomic_load_explicit(&end_key_made, memory_order_acquire))
    pthread_setspecific(end_key, thread);
  return thread;
}

static struct thread *begin_first_time(void) {
  uint64_t before = signals_block();
  struct thread *thread = begin();
  signals_restore(before);
  if (!thread)
    message_once(MESSAGE_SLOT, "", (int)stage_get(&stage->last_errno));
  return thread;
}

void thread_start_ends(void) {
  if (atomic_load(&end_key_made) || pthread_key_create(&end_key, thread_end))
    return;
  atomic_store_explicit(&end_key_made, true, memory_order_release);
  struct thread *thread = thread_self;
  if (thread->slot)
    pthread_setspecific(end_key, thread);
}

/* Our key is among the first, and destructors of the others may allocate: the thread has its state
 * for one round more. Not for all that there may be, for a thread whose first event comes in a late
 * round would then never end. */
static bool has_another_round(struct thread *thread) {
  bool first = !thread->ending;
  thread->ending = true;
  return first && !pthread_setspecific(end_key, thread);
}

void thread_end(void *unused) {
  (void)unused;
  struct thread *thread = thread_self;
  if (!thread->slot || thread_busy(thread) || has_another_round(thread))
    return;
  __atomic_store_n(&thread->busy, THREAD_RECORDER, __ATOMIC_SEQ_CST); /* before session is read */
  uint64_t before = signals_block();
  thread_self = &ended;
  struct seep_slot *slot = thread->slot;
  /* If not, the end of the recording has taken the slot, or it is the only place for what it holds.
   */
  if (thread->session == atomic_load(&session) && drain_last(thread)) {
    drain_add_counts(slot);
    stage_release_slot(slot);
    count_alive(-1);
  }
  states_give_back(thread);
  signals_restore(before);
}

void thread_forget_all(void) {
  thread_self = &none;
  memset(orphans, 0, sizeof orphans);
  atomic_store(&making_orphan, 0);
  atomic_store(&without_slot, 0);
  states_forget();
  atomic_store(&alive, 0);
}

static void void_limit(struct thread *thread, void *unused) {
  (void)unused;
  __atomic_store_n(&thread->limit, NULL, __ATOMIC_SEQ_CST);
}

/* Also lets the other processors' stores become visible: that of busy, by a thread that has not yet
 * seen the limit that was put before. Not by nanosleep: the thread may have been taken out of a
 * timed wait to come here, and the kernel remembers for one call only how to go on with it. */
static void wait_a_millisecond(void) {
  static const int32_t nobody_wakes = 0;
  const int64_t millisecond[2] = {0, 1000000};
  sys_call4(SYS_futex, &nobody_wakes, FUTEX_WAIT_PRIVATE, 0, millisecond);
}

struct waiting {
  int waits; /* that are left */
  bool in;   /* a thread is still in our code */
};

/* A thread that stays longer in the real function will write to its slot, which is memory of nobody
 * by then (see thread_is_left). Its limit once more: the hook may have put one. */
static void wait_until_out(struct thread *thread, void *data) {
  struct waiting *waiting = data;
  uintptr_t busy;
  while ((busy = __atomic_load_n(&thread->busy, __ATOMIC_ACQUIRE)) && --waiting->waits > 0)
    wait_a_millisecond();
  void_limit(thread, NULL);
  waiting->in |= busy == THREAD_RECORDER;
}

bool thread_end_session(void) {
  struct waiting waiting = {.waits = SESSION_WAITS};
  atomic_fetch_add(&session, 1);
  states_each(void_limit, NULL);
  wait_a_millisecond();
  states_each(wait_until_out, &waiting);
  atomic_store(&alive, 0);
  return !waiting.in;
}

/* One that has a limit is one that put it late, and may have gone by it since. */
static void look_if_left(struct thread *thread, void *left) {
  if (thread->session == atomic_load(&session))
    return;
  if (__atomic_load_n(&thread->busy, __ATOMIC_ACQUIRE) || (thread->slot && thread->limit))
    *(bool *)left = true;
  void_limit(thread, NULL);
}

bool thread_is_left(void) {
  bool left = false;
  states_each(look_if_left, &left);
  return left;
}

void thread_look_at_modules(void) {
  struct thread *thread = thread_self;
  if (thread->slot)
    thread->limit = NULL;
}

void thread_off(void) {
  thread_self = &off;
}

struct thread *thread_silence(void) {
  struct thread *before = thread_self;
  thread_self = &silent;
  return before;
}

void thread_speak(struct thread *before) {
  thread_self = before;
}

/* ---- the slow path
 * ------------------------------------------------------------------------------*/

static struct thread *unrecorded(void) {
  stage_add(&stage->unrecorded_events, 1);
  return NULL;
}

static struct thread *orphan_at(int nth) {
  return __atomic_load_n(&orphans[nth], __ATOMIC_ACQUIRE);
}

static bool orphan_equip(struct thread *thread, int nth) {
  if (!equip(thread, nth ? next_serial() : 0))
    return false;
  memcpy(thread->slot->name, ORPHAN_NAME, sizeof ORPHAN_NAME);
  stage_set(&thread->slot->thread_pointer, 0);
  thread->shared = true;
  return true;
}

/* What it has of an earlier session goes when it is taken in this one: it is never given back, for
 * another thread may just have looked at it. */
static struct thread *orphan_take(int nth) {
  struct thread *thread = orphan_at(nth);
  uintptr_t idle = 0;
  if (!thread || !__atomic_compare_exchange_n(&thread->busy, &idle, THREAD_RECORDER, false,
                                              __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
    return NULL;
  if (thread->session != atomic_load(&session) && !orphan_equip(thread, nth)) {
    thread_leave(thread);
    return NULL;
  }
  if (thread->next >= thread->limit && !drain_full(thread)) {
    thread_leave(thread);
    return NULL;
  }
  capture_end(thread->capture); /* its cached frames are another thread's */
  capture_init(thread->capture);
  return thread;
}

static void orphan_make(int nth) {
  if (atomic_exchange(&making_orphan, 1))
    return;
  struct thread *thread = orphan_at(nth) ? NULL : states_take();
  if (thread)
    __atomic_store_n(&thread->busy, THREAD_RECORDER, __ATOMIC_SEQ_CST);
  if (thread && orphan_equip(thread, nth)) {
    thread_leave(thread);
    __atomic_store_n(&orphans[nth], thread, __ATOMIC_RELEASE);
  } else if (thread) {
    states_give_back(thread);
  }
  atomic_store(&making_orphan, 0);
}

/* After its last destructor a thread may still free something. A state made for that would never be
 * given back; so all such threads share a few. */
static struct thread *enter_orphan(void) {
  for (int spins = 0; spins < ORPHAN_SPINS; spins++) {
    for (int nth = 0; nth < ORPHANS; nth++) {
      if (!orphan_at(nth))
        orphan_make(nth);
      struct thread *thread = orphan_take(nth);
      if (thread)
        return thread;
    }
    __builtin_ia32_pause();
  }
  return unrecorded();
}

static struct thread *enter_without_state(void) {
  if (!lifecycle_recording())
    return lifecycle_watching() ? unrecorded() : NULL;
  uint32_t events = atomic_load_explicit(&without_slot, memory_order_relaxed);
  if (events % RETRY_EVENTS == 0) {
    struct thread *thread = begin_first_time();
    if (thread)
      return thread;
  }
  atomic_fetch_add_explicit(&without_slot, 1, memory_order_relaxed);
  return unrecorded();
}

/* In a hook from here on; it is left again where nothing can be recorded. */
static struct thread *leave_unrecorded(struct thread *thread) {
  thread_leave(thread);
  return unrecorded();
}

static struct thread *enter_full(struct thread *thread) {
  if (!drain_may() || !drain_full(thread)) /* what is there already is kept */
    return leave_unrecorded(thread);
  uint64_t before = signals_block();
  grow_slot(thread);
  signals_restore(before);
  return thread;
}

/* What it has is of a recording that ended. */
static struct thread *enter_anew(struct thread *thread) {
  if (!lifecycle_recording()) {
    thread_leave(thread);
    return NULL;
  }
  uint64_t before = signals_block();
  bool equipped = equip(thread, next_serial());
  if (equipped)
    count_alive(1);
  signals_restore(before);
  return equipped ? thread : leave_unrecorded(thread);
}

/* Busy before it looks at the session: whoever ends that waits for those whom it sees busy. */
static struct thread *enter_with_slot(struct thread *thread) {
  __atomic_store_n(&thread->busy, THREAD_RECORDER, __ATOMIC_SEQ_CST);
  if (__builtin_expect(thread->session != atomic_load(&session), 0))
    return enter_anew(thread);
  if (!thread->limit) {
    got_look();
    set_limit(thread);
  }
  return thread->next < thread->limit ? thread : enter_full(thread);
}

static struct thread *enter_busy(struct thread *thread, uintptr_t stack_pointer) {
  uintptr_t busy = thread_busy(thread);
  if (busy != THREAD_RECORDER && stack_pointer > busy) { /* left by longjmp or an exception */
    thread_set_busy(thread, 0);
    return thread_enter();
  }
  /* A signal handler inside our own code or inside the real function; or the real function's own
   * call, which the outer hook records. */
  if (!(busy & THREAD_SILENT))
    __atomic_fetch_add(&thread->slot->unrecorded_events, 1, __ATOMIC_RELAXED);
  return NULL;
}

struct thread *thread_enter_slow(uintptr_t stack_pointer) {
  struct thread *thread = thread_self;
  if (thread_busy(thread))
    return enter_busy(thread, stack_pointer);
  if (thread == &off)
    return NULL;
  if (thread == &silent)
    return unrecorded();
  if (thread == &ended)
    return lifecycle_recording() ? enter_orphan() : NULL;
  if (thread->slot)
    return enter_with_slot(thread);
  if (thread != &none) { /* wiped: this is a child that no fork handler told of */
    thread_forget_all();
    lifecycle_cloned();
  }
  return enter_without_state();
}

static void drain_one(struct seep_slot *slot, void *all) {
  struct thread *own = thread_self;
  bool drained = slot == own->slot ? drain_finally(own) : drain_foreign(slot);
  if (drained)
    drain_add_counts(slot);
  else
    *(bool *)all = false;
}

bool thread_drain_all(void) {
  bool all = true;
  stage_each_slot(drain_one, &all);
  return all;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "states.h"
#include "arena.h"

#include <stdatomic.h>
#include <string.h>

static struct thread *_Atomic free_threads; /* anyone pushes, one at a time pops */
static struct thread *_Atomic made_threads; /* only ever grows */
static _Atomic int free_lock;

static size_t state_bytes(void) {
  return sizeof(struct thread) + 64 + capture_state_bytes();
}

static struct thread *pop(void) {
  struct thread *thread = NULL;
  if (atomic_load(&free_threads) &&
      !atomic_exchange_explicit(&free_lock, 1, memory_order_acquire)) {
    thread = atomic_load(&free_threads);
    while (thread && !atomic_compare_exchange_weak(&free_threads, &thread, thread->next_free))
      ;
    atomic_store_explicit(&free_lock, 0, memory_order_release);
  }
  return thread;
}

void states_give_back(struct thread *thread) {
  capture_end(thread->capture);
  thread->slot = NULL;
  thread->busy = 0; /* nobody has to wait for it any more */
  thread->next_free = atomic_load(&free_threads);
  while (!atomic_compare_exchange_weak(&free_threads, &thread->next_free, thread))
    ;
}

static struct thread *make(void) {
  struct thread *thread = arena_map_wiped_on_fork(state_bytes());
  if (thread) {
    thread->next_made = atomic_load(&made_threads);
    while (!atomic_compare_exchange_weak(&made_threads, &thread->next_made, thread))
      ;
  }
  return thread;
}

static void clear(struct thread *thread) {
  struct thread *next_made = thread->next_made;
  memset(thread, 0, sizeof *thread);
  thread->next_made = next_made;
}

struct thread *states_take(void) {
  struct thread *thread = pop();
  if (thread)
    clear(thread);
  else
    thread = make();
  if (thread) {
    thread->capture = (struct capture *)(((uintptr_t)(thread + 1) + 63) & ~(uintptr_t)63);
    capture_init(thread->capture);
  }
  return thread;
}

void states_each(void (*visit)(struct thread *thread, void *data), void *data) {
  for (struct thread *thread = atomic_load(&made_threads); thread; thread = thread->next_made)
    visit(thread, data);
}

void states_forget(void) {
  atomic_store(&free_lock, 0);
  atomic_store(&free_threads, NULL);
  atomic_store(&made_threads, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "actor.h"
#include "child.h"
#include "order.h"

#include <pthread.h>
#include <sched.h>
#include <seep/seep.h>
#include <stdlib.h>
#include <unistd.h>

#define KEPT 64       /* blocks in an actor's hands */
#define CELLS 512     /* through which blocks go to other threads */
#define LATE_ROUNDS 3 /* of destructors: the race detector ends a thread in the fourth */
#define STACK_BYTES (256u << 10)

struct actor {
  struct order_maker maker;
  uint64_t kept[KEPT];
  unsigned late; /* rounds of destructors that were */
};

static const struct plan *plan;
static struct race_truth *truth;
static uint64_t first_seed;
static _Atomic uint64_t cells[CELLS];
static _Atomic unsigned alive, born;
static pthread_key_t late_key;

static uint32_t draw(struct actor *actor, uint32_t below) {
  return order_draw(&actor->maker, below);
}

static bool has(enum plan_flag flag) {
  return plan->flags & flag;
}

/* ---- Turns -------------------------------------------------------------------------------- */

static void free_if_any(uint64_t address) {
  if (address)
    order_free(address);
}

/* Whatever lay in the cell is freed here. */
static void hand_on(struct actor *actor, uint64_t address) {
  _Atomic uint64_t *cell = &cells[draw(actor, CELLS)];
  free_if_any(atomic_exchange_explicit(cell, address, memory_order_relaxed));
}

static void keep(struct actor *actor, uint64_t address) {
  uint64_t *place = &actor->kept[draw(actor, KEPT)];
  free_if_any(*place);
  *place = address;
}

static void resize(struct actor *actor) {
  uint64_t *place = &actor->kept[draw(actor, KEPT)];
  if (*place)
    *place = order_resize(&actor->maker, *place);
}

static void take_turn(struct actor *actor) {
  uint32_t what = draw(actor, 64);
  if (what < 24)
    free_if_any(order_allocate(&actor->maker));
  else if (what < 40)
    keep(actor, order_allocate(&actor->maker));
  else if (what < 54)
    hand_on(actor, order_allocate(&actor->maker));
  else if (what < 58)
    resize(actor);
  else if (what < 59)
    actor_spawn();
  else if (what < 60)
    sched_yield();
  else
    order_odd(&actor->maker);
}

static void live(struct actor *actor, unsigned turns) {
  for (unsigned turn = 0; turn < turns && !order_is_exhausted(&actor->maker); turn++) {
    take_turn(actor);
    if (has(PLAN_MARKS) && draw(actor, 512) == 0)
      seep_mark("from inside", 0);
    if (has(PLAN_FORKS) && draw(actor, 1024) == 0)
      child_fork();
  }
}

/* Every other block of those that are left. */
static void free_some(struct actor *actor) {
  for (unsigned place = actor->late % 2; place < KEPT; place += 2) {
    free_if_any(actor->kept[place]);
    actor->kept[place] = 0;
  }
}

/* ---- Threads ------------------------------------------------------------------------------ */

static void end(struct actor *actor) {
  free(NULL);
  for (unsigned place = 0; place < KEPT; place++)
    if (actor->kept[place])
      hand_on(actor, actor->kept[place]);
  *actor = (struct actor){0};
  atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed);
}

/* A destructor; the recorder's own comes before it in each round. */
static void end_late(void *data) {
  struct actor *actor = data;
  actor->late++;
  if (has(PLAN_LATE))
    free_some(actor);
  if (has(PLAN_LATE) && actor->late < LATE_ROUNDS)
    pthread_setspecific(late_key, actor);
  else
    end(actor);
}

/* Actors stand in memory of their own: a thread's stack is gone before its last destructor. */
static struct actor *make_actor(uint32_t life) {
  static struct actor actors[RACE_ACTORS];
  struct actor *actor = &actors[life];
  return order_begin(&actor->maker, first_seed + life) ? actor : NULL;
}

static void *run(void *data) {
  struct actor *actor = make_actor((uint32_t)(uintptr_t)data);
  if (!actor) {
    atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed);
    return NULL;
  }
  pthread_setspecific(late_key, actor);
  live(actor, plan->turns);
  if (has(PLAN_LEAVE) && draw(actor, 2))
    order_leave_for_good(&actor->maker);
  return NULL;
}

/* Detached: nobody waits for its end, so nothing orders that before another's beginning. */
static bool start_thread(uint32_t life) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  bool started = !pthread_create(&thread, &attributes, run, (void *)(uintptr_t)life);
  pthread_attr_destroy(&attributes);
  return started;
}

void actor_spawn(void) {
  if (atomic_fetch_add_explicit(&alive, 1, memory_order_relaxed) < plan->threads) {
    uint32_t life = atomic_fetch_add_explicit(&born, 1, memory_order_relaxed);
    if (life < plan->lives && start_thread(life))
      return;
  }
  atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed);
}

bool actor_all_gone(void) {
  return atomic_load_explicit(&born, memory_order_relaxed) >= plan->lives &&
         atomic_load_explicit(&alive, memory_order_relaxed) == 0;
}

void actor_start(const struct plan *wanted, struct race_truth *written, uint64_t seed) {
  plan = wanted;
  truth = written;
  first_seed = seed;
  order_start(plan, truth);
  pthread_key_create(&late_key, end_late);
}

void actor_live_in_child(unsigned turns) {
  static struct actor actor;
  for (unsigned cell = 0; cell < CELLS; cell++) /* the parent's */
    atomic_store_explicit(&cells[cell], 0, memory_order_relaxed);
  atomic_store_explicit(&born, plan->lives, memory_order_relaxed);
  actor = (struct actor){0};
  if (order_begin(&actor.maker, first_seed ^ (uint64_t)getpid()))
    live(&actor, turns);
}

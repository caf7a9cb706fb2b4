/* SPDX-License-Identifier: Apache-2.0 */
#include "order.h"
#include "plugins.h"
#include "shelf.h"
#include "sites.h"

#include <malloc.h>
#include <pthread.h>
#include <seep/seep.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OWN_SITES 16     /* that a thread's own ways begin at */
#define POOLS 8          /* that all share; blocks of these go back one by one */
#define POOL_CELLS 256   /* that these blocks are handed on by */
#define OWN_POOL_MOST 40 /* blocks of a pool that is destroyed as a whole */

struct order {
  uint64_t address, old, size; /* old: of a realloc */
  void (*inside)(void);        /* of the real function */
  unsigned form;
};

static const struct plan *plan;
static struct race_truth *truth;
static uint32_t nested; /* the number of calls from inside of hooks */
static char pools[POOLS];
static _Atomic uint64_t pool_cells[POOL_CELLS];

static bool has(enum plan_flag flag) {
  return plan->flags & flag;
}

uint32_t order_draw(struct order_maker *maker, uint32_t below) {
  uint64_t x = maker->random;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  maker->random = x;
  return (uint32_t)((x >> 32) * below >> 32);
}

/* ---- What is written down ----------------------------------------------------------------- */

static uint32_t enlist(enum race_kind kind) {
  uint32_t number = atomic_fetch_add_explicit(&truth->actors, 1, memory_order_relaxed) + 1;
  if (number >= RACE_ACTORS)
    return 0;
  struct race_actor *actor = &truth->actor[number];
  atomic_store_explicit(&actor->pid, (uint32_t)getpid(), memory_order_relaxed);
  atomic_store_explicit(&actor->tid, (uint32_t)gettid(), memory_order_relaxed);
  atomic_store_explicit(&actor->kind, kind, memory_order_relaxed);
  return number;
}

/* 0: it has no more. */
static uint64_t next_block(uint32_t number) {
  struct race_actor *actor = &truth->actor[number];
  uint32_t block = atomic_fetch_add_explicit(&actor->begun, 1, memory_order_relaxed);
  if (block < RACE_BLOCKS)
    return race_address(number, block);
  atomic_fetch_sub_explicit(&actor->begun, 1, memory_order_relaxed);
  return 0;
}

bool order_is_exhausted(const struct order_maker *maker) {
  return atomic_load_explicit(&maker->truth->begun, memory_order_relaxed) >= RACE_BLOCKS - 8;
}

/* Calls that are over when the process begins to end must be in the trace. (The addition, though it
 * orders nothing for the race detector, keeps the processor from looking ahead.) */
static void note_done(struct order_maker *maker) {
  atomic_fetch_add_explicit(&maker->truth->done, 0, memory_order_relaxed);
  if (!atomic_load_explicit(&truth->ending, memory_order_relaxed))
    atomic_store_explicit(&maker->truth->done,
                          atomic_load_explicit(&maker->truth->begun, memory_order_relaxed),
                          memory_order_relaxed);
}

static void note_freed(uint64_t address) {
  uint32_t block = race_block_of(address);
  atomic_fetch_or_explicit(&truth->actor[race_actor_of(address)].freed[block / 64],
                           1ull << block % 64, memory_order_relaxed);
}

/* ---- From inside of a hook ---------------------------------------------------------------- */

static void call_nested(void) {
  uint64_t address = next_block(nested);
  if (!address)
    return;
  shelf_ready(address, NULL);
  order_free((uint64_t)malloc(16));
}

static void handle_signal(int signal) {
  (void)signal;
  call_nested();
}

static void raise_signal(void) {
  raise(SIGUSR1);
}

static void (*draw_inside(struct order_maker *maker))(void) {
  static void (*const inside[])(void) = {call_nested, raise_signal};
  if (!has(PLAN_NEST) || order_draw(maker, 16))
    return NULL;
  return inside[order_draw(maker, 2)];
}

/* ---- Blocks ------------------------------------------------------------------------------- */

static void *allocate_by(unsigned form, size_t size) {
  void *block = NULL;
  switch (form) {
  case 0:
    return calloc(1, size);
  case 1:
    return aligned_alloc(64, size);
  case 2:
    return memalign(64, size);
  case 3:
    return posix_memalign(&block, 64, size) ? NULL : block;
  case 4:
    return valloc(size);
  default:
    return malloc(size);
  }
}

static void carry_out(void *data) {
  const struct order *order = data;
  shelf_ready(order->address, order->inside);
  void *block =
      order->old ? realloc((void *)order->old, order->size) : allocate_by(order->form, order->size);
  if (block != (void *)order->address)
    abort();
}

static void tell_of_pool(void *data) {
  const struct order *order = data;
  seep_pool_alloc((void *)order->old, (void *)order->address, order->size);
}

/* Half of the ways are known to all threads, so that they meet in the tree of stacks. */
static uint32_t draw_way(struct order_maker *maker) {
  uint32_t way = order_draw(maker, plan->ways), first = way % RACE_SITES, second = way / RACE_SITES;
  if (order_draw(maker, 2)) {
    first = (maker->number * OWN_SITES + way) % RACE_SITES;
    second = way / OWN_SITES % RACE_SITES;
  }
  return second ? first | second << RACE_SITE_BITS | RACE_TWO_SITES : first;
}

static void go(struct order_maker *maker, struct order *order, void (*leaf)(void *)) {
  uint32_t way = draw_way(maker);
  bool plugin = has(PLAN_PLUGINS) && order_draw(maker, 64) == 0;
  uint64_t wide = order_draw(maker, 64) ? 0 : RACE_WIDE;
  order->size = 1 + (way | (plugin ? RACE_PLUGIN : 0)) + wide;
  if (plugin)
    plugins_go(way, leaf, order);
  else
    sites_go(way, leaf, order);
}

static uint64_t allocate(struct order_maker *maker, uint64_t old) {
  struct order order = {.address = next_block(maker->number),
                        .old = old,
                        .form = order_draw(maker, 16),
                        .inside = draw_inside(maker)};
  if (!order.address)
    return old;
  if (old)
    note_freed(old);
  go(maker, &order, carry_out);
  note_done(maker);
  return order.address;
}

uint64_t order_allocate(struct order_maker *maker) {
  return allocate(maker, 0);
}

uint64_t order_resize(struct order_maker *maker, uint64_t old) {
  return allocate(maker, old);
}

void order_free(uint64_t address) {
  note_freed(address);
  free((void *)address);
}

/* ---- Adversities -------------------------------------------------------------------------- */

/* Nothing was allocated, and the old block stands. */
static void fail(struct order_maker *maker) {
  uint64_t kept = order_allocate(maker);
  struct order order = {.old = order_draw(maker, 2) ? kept : 0, .form = order_draw(maker, 16)};
  go(maker, &order, carry_out);
  if (kept)
    order_free(kept);
}

static __thread jmp_buf way_out;

static void jump_out(void) {
  longjmp(way_out, 1);
}

/* By the call that comes next, further out, the recorder knows that the hook was left. */
static void leave(struct order_maker *maker) {
  struct order order = {.inside = jump_out, .form = 15};
  uint64_t kept = order_allocate(maker);
  if (!setjmp(way_out))
    go(maker, &order, carry_out);
  if (kept)
    order_free(kept);
}

static void end_thread(void) {
  pthread_exit(NULL);
}

void order_leave_for_good(struct order_maker *maker) {
  struct order order = {.inside = end_thread, .form = 15};
  go(maker, &order, carry_out);
  abort();
}

static uint64_t pool_block(struct order_maker *maker, const void *pool) {
  struct order order = {.address = next_block(maker->pooled), .old = (uint64_t)pool};
  if (order.address)
    go(maker, &order, tell_of_pool);
  return order.address;
}

/* A block of a pool that is everyone's: any thread gives it back. The cell says of which pool. */
static void use_shared_pool(struct order_maker *maker) {
  uint32_t pool = order_draw(maker, POOLS);
  uint64_t block = pool_block(maker, &pools[pool]);
  if (!block)
    return;
  uint32_t cell = order_draw(maker, POOL_CELLS / POOLS) * POOLS + pool;
  uint64_t old = atomic_exchange_explicit(&pool_cells[cell], block, memory_order_relaxed);
  if (!old)
    return;
  note_freed(old);
  seep_pool_free(&pools[pool], (void *)old);
}

/* All that is out of a pool goes back at once. */
static void use_own_pool(struct order_maker *maker) {
  uint32_t count = order_draw(maker, OWN_POOL_MOST);
  const char *pool = (const char *)maker, *moved = pool + 1;
  uint64_t blocks[OWN_POOL_MOST] = {0};
  seep_pool_create(pool);
  for (uint32_t i = 0; i < count; i++)
    blocks[i] = pool_block(maker, pool);
  for (uint32_t i = 0; i < count; i++)
    if (blocks[i])
      note_freed(blocks[i]);
  bool moves = order_draw(maker, 2);
  if (moves)
    seep_pool_move(pool, moved);
  seep_pool_destroy(moves ? moved : pool);
}

void order_odd(struct order_maker *maker) {
  uint32_t what = order_draw(maker, 4);
  if (what == 0 && has(PLAN_FAIL))
    fail(maker);
  else if (what == 1 && has(PLAN_LEAVE))
    leave(maker);
  else if (what == 2 && has(PLAN_POOLS))
    use_shared_pool(maker);
  else if (what == 3 && has(PLAN_POOLS))
    use_own_pool(maker);
}

/* ---- Start -------------------------------------------------------------------------------- */

void order_start(const struct plan *wanted, struct race_truth *written) {
  struct sigaction action = {.sa_handler = handle_signal};
  plan = wanted;
  truth = written;
  nested = enlist(RACE_NESTED);
  sigaction(SIGUSR1, &action, NULL);
}

bool order_begin(struct order_maker *maker, uint64_t seed) {
  maker->random = (seed + 1) * 0x9e3779b97f4a7c15ull;
  maker->number = enlist(has(PLAN_SESSIONS) ? RACE_DIRECT : RACE_RECORDED);
  maker->pooled = maker->number && has(PLAN_POOLS) ? enlist(RACE_POOLED) : 0;
  maker->truth = &truth->actor[maker->number];
  return maker->number && (maker->pooled || !has(PLAN_POOLS));
}

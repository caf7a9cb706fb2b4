/* SPDX-License-Identifier: Apache-2.0
 *
 * Captured stacks, read back from the tree of contexts, against libunwind's unw_step from the same
 * place, while the stack does what stacks do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture.h"
#include "contexts.h"
#include "fakes.h"
#include "fallback.h"
#include "frames.h"
#include "loader.h"
#include "modules.h"
#include "verify.h"

#include <alloca.h>
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <seep/format.h>
#include <seep/stage.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#define DEEP 4096

/* ---- A stack, three ways ------------------------------------------------------------------ */

static __thread struct capture *self;
static __thread uintptr_t *theirs, *ours;
static _Atomic unsigned long compared, differing;
static bool comparing = true;
static uint32_t last_id;
static bool last_truncated;

static void thread_start(void) {
  self = calloc(1, capture_state_bytes());
  theirs = calloc(DEEP * 16, sizeof *theirs);
  ours = calloc(DEEP * 16, sizeof *ours);
  capture_init(self);
}

static void thread_stop(void) {
  capture_end(self);
  free(self);
  free(theirs);
  free(ours);
}

/* The path of an id, innermost first. */
static uint32_t read_back(uint32_t id, uintptr_t *pcs) {
  uint32_t count = 0;
  for (; id; count++) {
    const struct seep_node *node = contexts_node(id);
    if (!node || count == DEEP * 16)
      abort();
    uint64_t flags = node->place >> SEEP_NODE_FLAG_SHIFT & 0x7f;
    pcs[count] = (node->place & SEEP_ADDRESS_MASK) + fakes_bias(node->module);
    if (flags & SEEP_CONTEXT_EXACT)
      pcs[count] |= STEP_EXACT;
    id = node->parent;
  }
  return count;
}

static __attribute__((noinline)) void compare(uint32_t id, uintptr_t pc, uintptr_t sp) {
  uint32_t count = fallback_walk(self->fallback, pc, sp, theirs, DEEP * 16);
  bool same = count == read_back(id, ours) && memcmp(ours, theirs, count * sizeof *ours) == 0;
  compared++;
  if (!same && differing++ < 3)
    for (uint32_t i = 0; i < count && i < 12; i++)
      fprintf(stderr, "%2u ours %#lx theirs %#lx\n", i, (long)ours[i], (long)theirs[i]);
}

/* What a hook does. */
static __attribute__((noinline)) void hook(void) {
  struct capture_path path;
  uintptr_t pc, sp, rbp;
  CAPTURE_HERE(pc, sp, rbp);
  capture_walk(self, pc, sp, rbp, &path);
  last_id = capture_resolve(self, &path);
  last_truncated = path.truncated;
  if (comparing)
    compare(last_id, pc, sp);
}

static int begin(void **state) {
  (void)state;
  compared = differing = 0;
  comparing = true;
  return 0;
}

static void check_all_agreed(unsigned long least) {
  assert_true(compared >= least);
  assert_int_equal(differing, 0);
}

static __thread uint64_t random_state = 0x9e3779b97f4a7c15ull;

static uint32_t random_number(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state >> 16);
}

/* ---- Calls -------------------------------------------------------------------------------- */

static void walk_down(int depth);

static __attribute__((noinline)) void with_small_frame(int depth) {
  walk_down(depth - 1);
  hook();
}

static __attribute__((noinline)) void with_large_frame(int depth) {
  volatile char room[3000];
  room[0] = (char)depth;
  walk_down(depth - 1);
  room[1] = room[0];
}

/* Its frame goes by rbp, and stands elsewhere each time. */
static __attribute__((noinline)) void with_alloca(int depth) {
  volatile char *room = alloca(16 + random_number() % 500);
  room[0] = (char)depth;
  walk_down(depth - 1);
  hook();
  room[1] = room[0];
}

static __attribute__((noinline)) void with_realigned_frame(int depth) {
  _Alignas(64) volatile char room[64];
  volatile char *more = alloca(16 + random_number() % 100);
  room[0] = more[0] = (char)depth;
  walk_down(depth - 1);
  hook();
  more[1] = room[0];
}

static void walk_down(int depth) {
  static void (*const ways[])(int) = {with_small_frame, with_large_frame, with_alloca,
                                      with_realigned_frame};
  if (depth <= 0)
    hook();
  else
    for (uint32_t times = 1 + random_number() % 2; times; times--)
      ways[random_number() % 4](depth - (int)(random_number() % 2));
}

static void frames_of_all_kinds(void **state) {
  (void)state;
  while (compared < 20000)
    walk_down(9);
  check_all_agreed(20000);
}

static __attribute__((noinline)) int recurse(int depth) {
  hook();
  int below = depth ? recurse(depth - 1) : 0;
  hook();
  return below + depth;
}

static void recursion(void **state) {
  (void)state;
  assert_int_equal(recurse(200), 200 * 201 / 2);
  check_all_agreed(402);
}

static __attribute__((noinline)) int descend(int depth) {
  int below = depth ? descend(depth - 1) : (hook(), 0);
  __asm__ volatile("" : "+r"(below));
  return below + 1;
}

/* More frames than a state has room for at first. */
static void deep_stacks(void **state) {
  (void)state;
  assert_int_equal(descend(20000), 20001);
  assert_int_equal(descend(50), 51);
  assert_int_equal(descend(3000), 3001);
  check_all_agreed(3);
  assert_false(last_truncated);
}

/* Two frames that move in opposite directions, the return address of the last turn still in the
 * place where it stood: only the frame pointer tells the two turns apart. */
static __attribute__((noinline)) void inner_moves(unsigned room) {
  volatile char *moved = alloca(room);
  moved[0] = 1;
  hook();
  moved[1] = moved[0];
}

static __attribute__((noinline)) void outer_moves(unsigned room, unsigned turn) {
  volatile char *moved = alloca(room);
  moved[0] = 1;
  if (turn & 1)
    inner_moves(1024 - room);
  else
    inner_moves(1024 - room + 0);
  moved[1] = moved[0];
}

static void opposite_allocas(void **state) {
  (void)state;
  for (unsigned i = 0; i < 4000; i++)
    outer_moves(16 + random_number() % 60 * 16, i);
  check_all_agreed(4000);
}

static jmp_buf back;
static void (*volatile jump)(jmp_buf, int) = longjmp; /* so that nothing is known of it */

static __attribute__((noinline)) void jump_from(int depth) {
  if (depth == 0) {
    hook();
    jump(back, 1);
  } else {
    jump_from(depth - 1);
  }
  hook();
}

static void longjmps(void **state) {
  (void)state;
  for (volatile int i = 0; i < 500; i++) {
    if (setjmp(back) == 0)
      jump_from(i % 20);
    hook();
    (void)recurse(3);
  }
  check_all_agreed(5000);
}

/* ---- Unwinding through captured frames ---------------------------------------------------- */

static void (*volatile leave_thread)(void *) = pthread_exit;

static void clean_up(int *depth) {
  *depth = 0;
  hook();
}

static __attribute__((noinline)) void exit_from(int depth) {
  __attribute__((cleanup(clean_up), unused)) int here = depth;
  hook();
  if (depth == 0)
    leave_thread(NULL);
  else
    exit_from(depth - 1);
  hook();
}

static void *exit_thread(void *argument) {
  thread_start();
  exit_from((int)(intptr_t)argument);
  return NULL;
}

/* pthread_exit unwinds as an exception does. */
static void forced_unwinding(void **state) {
  (void)state;
  for (intptr_t depth = 0; depth < 20; depth++) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, exit_thread, (void *)depth), 0);
    pthread_join(thread, NULL);
  }
  check_all_agreed(2 * 210);
}

/* ---- Other stacks ------------------------------------------------------------------------- */

#define COROUTINES 6
#define STACK_BYTES (256u << 10)
static ucontext_t main_context, coroutines[COROUTINES];
static bool finished;

static void coroutine(int number) {
  while (!finished) {
    (void)recurse(number);
    swapcontext(&coroutines[number], &main_context);
    walk_down(3);
  }
}

static void start_coroutine(int number, void *stack) {
  getcontext(&coroutines[number]);
  coroutines[number].uc_stack.ss_sp = stack;
  coroutines[number].uc_stack.ss_size = STACK_BYTES;
  coroutines[number].uc_link = &main_context;
  makecontext(&coroutines[number], (void (*)(void))coroutine, 1, number);
}

static void coroutines_on_mapped_stacks(void **state) {
  (void)state;
  void *stacks[COROUTINES];
  for (int i = 0; i < COROUTINES; i++) {
    stacks[i] = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    start_coroutine(i, stacks[i]);
  }
  finished = false;
  for (int turn = 0; turn < 500; turn++) {
    int i = (int)(random_number() % COROUTINES);
    swapcontext(&main_context, &coroutines[i]);
    hook();
    if (turn % 50 == 49) { /* another stack, the old one is gone */
      munmap(stacks[i], STACK_BYTES);
      stacks[i] =
          mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      start_coroutine(i, stacks[i]);
    }
  }
  for (int i = 0; i < COROUTINES; i++)
    munmap(stacks[i], STACK_BYTES);
  check_all_agreed(2000);
}

static volatile sig_atomic_t signals;

static void on_signal(int number) {
  (void)number;
  hook();
  (void)recurse(2);
  signals++;
}

static __attribute__((noinline)) unsigned spin(unsigned long turns) {
  unsigned sum = 0;
  for (unsigned long i = 0; i < turns && signals < 200; i++)
    sum += random_number();
  return sum;
}

static void catch_signals(int flags) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
  sigaction(SIGALRM, &action, NULL);
  signals = 0;
  struct itimerval timer = {{0, 500}, {0, 500}}, none = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &timer, NULL);
  (void)spin(2000000000ul);
  setitimer(ITIMER_REAL, &none, NULL);
  signal(SIGALRM, SIG_IGN);
}

static void signal_handlers(void **state) {
  (void)state;
  catch_signals(0);
  check_all_agreed(200 * 7);
}

static void signal_handlers_on_their_own_stack(void **state) {
  (void)state;
  stack_t stack = {.ss_sp = malloc(STACK_BYTES), .ss_size = STACK_BYTES};
  sigaltstack(&stack, NULL);
  catch_signals(SA_ONSTACK);
  check_all_agreed(200 * 7);
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, NULL);
  free(stack.ss_sp);
}

/* ---- Threads ------------------------------------------------------------------------------ */

static void *run_thread(void *argument) {
  random_state += (uintptr_t)argument * 0x1234567;
  thread_start();
  for (int i = 0; i < 60; i++)
    walk_down(7);
  thread_stop();
  return NULL;
}

static void threads_at_once(void **state) {
  (void)state;
  for (int round = 0; round < 5; round++) {
    pthread_t threads[4];
    for (intptr_t i = 0; i < 4; i++)
      pthread_create(&threads[i], NULL, run_thread, (void *)(i + 1 + round * 4));
    for (int i = 0; i < 4; i++)
      pthread_join(threads[i], NULL);
  }
  check_all_agreed(1000);
}

/* ---- Libraries that come and go ----------------------------------------------------------- */

struct visit {
  void *address; /* of the library's function */
  uint32_t id;
};

static struct visit visit_plugin(const char *path, bool check) {
  void *library = dlopen(path, RTLD_NOW);
  assert_non_null(library);
  if (check)
    capture_module_check(0);
  void (*enter)(void (*)(void), int) =
      (void (*)(void (*)(void), int))(uintptr_t)dlsym(library, "plugin_enter");
  enter(hook, 3);
  struct visit visit = {(void *)(uintptr_t)enter, last_id};
  dlclose(library);
  if (check)
    capture_module_check(0);
  return visit;
}

static void libraries_in_turn(void **state) {
  (void)state;
  unsigned reused = 0;
  struct visit before = {0};
  for (int i = 0; i < 50; i++) {
    struct visit now = visit_plugin(i % 2 ? PLUGIN_A : PLUGIN_B, true);
    reused += now.address == before.address;
    assert_int_not_equal(now.id, before.id);
    before = now;
  }
  assert_true(reused > 25); /* else the test shows nothing */
  check_all_agreed(50);
}

/* A check of the check: if nobody is told that modules came and went, a library gets the ids of the
 * one that was in its place. */
static void libraries_in_turn_unnoticed(void **state) {
  (void)state;
  comparing = false;
  for (volatile int noticed = 0; noticed < 2; noticed++) { /* not unrolled: one call, one path */
    struct visit visits[2];
    for (volatile int i = 0; i < 2; i++)
      visits[i] = visit_plugin(i ? PLUGIN_C : PLUGIN_A, noticed);
    capture_module_check(0);
    assert_ptr_equal(visits[0].address, visits[1].address);
    assert_int_equal(visits[0].id == visits[1].id, !noticed);
  }
}

/* ---- Limits and ways ---------------------------------------------------------------------- */

static void restart_with(enum capture_way way, uint32_t depth, uint32_t verify_every) {
  const struct capture_options options = {way, depth, verify_every};
  capture_end(self);
  capture_start(&options);
  capture_init(self);
}

static void stacks_cut_to_a_depth(void **state) {
  (void)state;
  comparing = false;
  restart_with(CAPTURE_AUTO, 5, 0);
  uint32_t ids[2];
  for (int i = 0; i < 2; i++) {
    (void)descend(30 + 10 * i);
    ids[i] = last_id;
    assert_true(last_truncated);
    assert_int_equal(read_back(last_id, ours), 5);
  }
  assert_int_equal(ids[0], ids[1]); /* the innermost five are the same */
  uint32_t id = last_id;
  for (int i = 0; i < 4; i++)
    id = contexts_node(id)->parent;
  assert_true(contexts_node(id)->place >> SEEP_NODE_FLAG_SHIFT & SEEP_CONTEXT_TRUNCATED);
  restart_with(CAPTURE_AUTO, 0, 0);
  (void)descend(30);
  assert_false(last_truncated);
}

static void plain_way(void **state) {
  (void)state;
  restart_with(CAPTURE_LIBUNWIND, 0, 0);
  while (compared < 2000)
    walk_down(6);
  (void)descend(3000);
  restart_with(CAPTURE_AUTO, 0, 0);
  check_all_agreed(2000);
}

static void self_check_agrees(void **state) {
  (void)state;
  restart_with(CAPTURE_AUTO, 0, 3);
  struct capture_counts before = capture_verification();
  comparing = false;
  for (int i = 0; i < 300; i++)
    hook();
  restart_with(CAPTURE_AUTO, 0, 0);
  struct capture_counts after = capture_verification();
  assert_int_equal(after.verified - before.verified, 100);
  assert_int_equal(after.skipped, before.skipped);
  assert_int_equal(after.disagreements, 0);
}

/* A check of the check: a stack with a wrong frame is noticed, and both stacks are handed out. */
static __attribute__((noinline)) void check_a_wrong_stack(void) {
  struct capture_path path;
  uintptr_t pc, sp, rbp;
  CAPTURE_HERE(pc, sp, rbp);
  capture_walk(self, pc, sp, rbp, &path);
  struct frame *second = &self->frames[self->count - 2];
  second->pc++;
  verify_stack(self, pc, sp);
  second->pc--;
}

static void self_check_disagrees(void **state) {
  (void)state;
  static struct verify_disagreement found;
  struct capture_counts before = capture_verification();
  check_a_wrong_stack();
  struct capture_counts after = capture_verification();
  assert_int_equal(after.disagreements - before.disagreements, 1);
  assert_true(verify_take(&found));
  assert_int_equal(found.ours_count, found.theirs_count);
  assert_int_equal(found.ours[0], found.theirs[0]);
  assert_int_equal(found.ours[1], found.theirs[1] + 1);
  assert_int_equal(found.ours[2], found.theirs[2]);
  assert_false(verify_take(&found));
}

/* On the smallest stack that a thread can have. */
static void *run_on_small_stack(void *argument) {
  self = argument;
  (void)recurse(20);
  return NULL;
}

static void smallest_stacks(void **state) {
  (void)state;
  comparing = false;
  last_id = 0;
  capture_end(self);
  capture_init(self);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  assert_int_equal(pthread_attr_setstacksize(&attributes, (size_t)PTHREAD_STACK_MIN), 0);
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, &attributes, run_on_small_stack, self), 0);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  assert_true(read_back(last_id, ours) >= 3);
  assert_false(last_truncated);
}

/* A capture in between (of a signal handler, say) does not change what a path stands for. */
static __attribute__((noinline)) uint32_t capture_around(void (*between)(void)) {
  struct capture_path path;
  uintptr_t pc, sp, rbp;
  CAPTURE_HERE(pc, sp, rbp);
  capture_walk(self, pc, sp, rbp, &path);
  between();
  uint32_t id = capture_resolve(self, &path);
  compare(id, pc, sp);
  return id;
}

static void capture_between_walk_and_resolve(void **state) {
  (void)state;
  assert_int_not_equal(capture_around(hook), 0);
  check_all_agreed(2);
}

static int start(void **state) {
  (void)state;
  const struct capture_options options = {CAPTURE_AUTO, 0, 0};
  loader_find();
  capture_start(&options);
  if (!fallback_start(NULL) || !contexts_start())
    return -1;
  capture_module_check(0);
  thread_start();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(frames_of_all_kinds, begin),
      cmocka_unit_test_setup(recursion, begin),
      cmocka_unit_test_setup(deep_stacks, begin),
      cmocka_unit_test_setup(opposite_allocas, begin),
      cmocka_unit_test_setup(longjmps, begin),
      cmocka_unit_test_setup(forced_unwinding, begin),
      cmocka_unit_test_setup(coroutines_on_mapped_stacks, begin),
      cmocka_unit_test_setup(signal_handlers, begin),
      cmocka_unit_test_setup(signal_handlers_on_their_own_stack, begin),
      cmocka_unit_test_setup(threads_at_once, begin),
      cmocka_unit_test_setup(libraries_in_turn, begin),
      cmocka_unit_test_setup(libraries_in_turn_unnoticed, begin),
      cmocka_unit_test_setup(stacks_cut_to_a_depth, begin),
      cmocka_unit_test_setup(plain_way, begin),
      cmocka_unit_test_setup(self_check_agrees, begin),
      cmocka_unit_test_setup(self_check_disagrees, begin),
      cmocka_unit_test_setup(smallest_stacks, begin),
      cmocka_unit_test_setup(capture_between_walk_and_resolve, begin),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}

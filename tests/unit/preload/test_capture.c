/* SPDX-License-Identifier: Apache-2.0
 *
 * Captured stacks against libunwind's, while the stack does what stacks do.
 */
#include "stacks.h"

#include <alloca.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

/* ---- Calls -------------------------------------------------------------------------------- */

static void frames_of_all_kinds(void **state) {
  (void)state;
  while (stacks_compared < 20000)
    stacks_wander(9);
  stacks_check_agreed(20000);
}

static void recursion(void **state) {
  (void)state;
  assert_int_equal(stacks_recurse(200), 200 * 201 / 2);
  stacks_check_agreed(402);
}

/* More frames than a state has room for at first. */
static void deep_stacks(void **state) {
  (void)state;
  assert_int_equal(stacks_descend(20000), 20001);
  assert_int_equal(stacks_descend(50), 51);
  assert_int_equal(stacks_descend(3000), 3001);
  stacks_check_agreed(3);
  assert_false(stacks_last_truncated);
}

/* Two frames that move in opposite directions, the return address of the last turn still in the
 * place where it stood: only the frame pointer tells the two turns apart. */
static __attribute__((noinline)) void inner_moves(unsigned room) {
  volatile char *moved = alloca(room);
  moved[0] = 1;
  stacks_hook();
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
    outer_moves(16 + stacks_random() % 60 * 16, i);
  stacks_check_agreed(4000);
}

static jmp_buf back;
static void (*volatile jump)(jmp_buf, int) = longjmp; /* so that nothing is known of it */

static __attribute__((noinline)) void jump_from(int depth) {
  if (depth == 0) {
    stacks_hook();
    jump(back, 1);
  } else {
    jump_from(depth - 1);
  }
  stacks_hook();
}

static void longjmps(void **state) {
  (void)state;
  for (volatile int i = 0; i < 500; i++) {
    if (setjmp(back) == 0)
      jump_from(i % 20);
    stacks_hook();
    (void)stacks_recurse(3);
  }
  stacks_check_agreed(5000);
}

/* ---- Unwinding through captured frames ---------------------------------------------------- */

static void (*volatile leave_thread)(void *) = pthread_exit;

static void clean_up(int *depth) {
  *depth = 0;
  stacks_hook();
}

static __attribute__((noinline)) void exit_from(int depth) {
  __attribute__((cleanup(clean_up), unused)) int here = depth;
  stacks_hook();
  if (depth == 0)
    leave_thread(NULL);
  else
    exit_from(depth - 1);
  stacks_hook();
}

static void *exit_thread(void *argument) {
  stacks_thread_start();
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
  stacks_check_agreed(2 * 210);
}

/* ---- Other stacks ------------------------------------------------------------------------- */

#define COROUTINES 6
#define STACK_BYTES (256u << 10)
static ucontext_t main_context, coroutines[COROUTINES];
static bool finished;

static void coroutine(int number) {
  while (!finished) {
    (void)stacks_recurse(number);
    swapcontext(&coroutines[number], &main_context);
    stacks_wander(3);
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
    int i = (int)(stacks_random() % COROUTINES);
    swapcontext(&main_context, &coroutines[i]);
    stacks_hook();
    if (turn % 50 == 49) { /* another stack, the old one is gone */
      munmap(stacks[i], STACK_BYTES);
      stacks[i] =
          mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      start_coroutine(i, stacks[i]);
    }
  }
  for (int i = 0; i < COROUTINES; i++)
    munmap(stacks[i], STACK_BYTES);
  stacks_check_agreed(2000);
}

static volatile sig_atomic_t signals;

static void on_signal(int number) {
  (void)number;
  stacks_hook();
  (void)stacks_recurse(2);
  signals++;
}

static __attribute__((noinline)) unsigned spin(unsigned long turns) {
  unsigned sum = 0;
  for (unsigned long i = 0; i < turns && signals < 200; i++)
    sum += stacks_random();
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
  stacks_check_agreed(200 * 7);
}

static void signal_handlers_on_their_own_stack(void **state) {
  (void)state;
  stack_t stack = {.ss_sp = malloc(STACK_BYTES), .ss_size = STACK_BYTES};
  sigaltstack(&stack, NULL);
  catch_signals(SA_ONSTACK);
  stacks_check_agreed(200 * 7);
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, NULL);
  free(stack.ss_sp);
}

/* ---- Threads ------------------------------------------------------------------------------ */

static void *run_thread(void *argument) {
  stacks_seed((uintptr_t)argument);
  stacks_thread_start();
  for (int i = 0; i < 60; i++)
    stacks_wander(7);
  stacks_thread_stop();
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
  stacks_check_agreed(1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(frames_of_all_kinds, stacks_begin),
      cmocka_unit_test_setup(recursion, stacks_begin),
      cmocka_unit_test_setup(deep_stacks, stacks_begin),
      cmocka_unit_test_setup(opposite_allocas, stacks_begin),
      cmocka_unit_test_setup(longjmps, stacks_begin),
      cmocka_unit_test_setup(forced_unwinding, stacks_begin),
      cmocka_unit_test_setup(coroutines_on_mapped_stacks, stacks_begin),
      cmocka_unit_test_setup(signal_handlers, stacks_begin),
      cmocka_unit_test_setup(signal_handlers_on_their_own_stack, stacks_begin),
      cmocka_unit_test_setup(threads_at_once, stacks_begin),
  };
  return cmocka_run_group_tests(tests, stacks_start, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads at the edges of their lives, and stacks of all kinds.
 */
#include "hazards.h"

#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#define TINY_THREADS 16
#define SHORT_THREADS 10000
#define ALIVE_THREADS 2000
#define ALIVE_STACK_BYTES 65536
#define EXIT_THREADS 4
#define ENDING_AT_ONCE 6 /* threads */
#define COROUTINES 8
#define COROUTINE_STACK_BYTES 16384
#define SWITCHES 2000
#define JUMPS 2000
#define BLOCK_BYTES 100

static void *thread_churn(void *data) {
  hazard_churn(5000);
  return data;
}

int thread_tiny(const char *argument) {
  (void)argument;
  pthread_t threads[TINY_THREADS];
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) ||
      pthread_attr_setstacksize(&attributes, (size_t)sysconf(_SC_THREAD_STACK_MIN)))
    return hazard_fail("attributes");
  for (int thread = 0; thread < TINY_THREADS; thread++)
    if (pthread_create(&threads[thread], &attributes, thread_churn, NULL))
      return hazard_fail("pthread_create");
  for (int thread = 0; thread < TINY_THREADS; thread++)
    pthread_join(threads[thread], NULL);
  return 0;
}

static pthread_barrier_t thread_gate;

static void *thread_wait(void *data) {
  void *block = malloc(BLOCK_BYTES);
  pthread_barrier_wait(&thread_gate);
  free(data);
  return block;
}

/* argument: so many threads at the same time, each with a block of its own. */
int thread_alive(const char *argument) {
  int count = *argument ? atoi(argument) : ALIVE_THREADS;
  pthread_t *threads = malloc((size_t)count * sizeof *threads);
  pthread_attr_t attributes;
  if (!threads || pthread_attr_init(&attributes) ||
      pthread_attr_setstacksize(&attributes, ALIVE_STACK_BYTES) ||
      pthread_barrier_init(&thread_gate, NULL, (unsigned)count + 1))
    return hazard_fail("attributes");
  for (int thread = 0; thread < count; thread++)
    if (pthread_create(&threads[thread], &attributes, thread_wait, malloc(1)))
      return hazard_fail("pthread_create");
  pthread_barrier_wait(&thread_gate);
  for (int thread = 0; thread < count; thread++)
    pthread_join(threads[thread], NULL);
  free(threads);
  return 0;
}

/* Takes the block of the thread before and leaves one of its own. */
static void *thread_pass_on(void *data) {
  free(data);
  return malloc(BLOCK_BYTES);
}

int thread_short(const char *argument) {
  (void)argument;
  void *block = NULL;
  for (int nth = 0; nth < SHORT_THREADS; nth++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, thread_pass_on, block))
      return hazard_fail("pthread_create");
    pthread_join(thread, &block);
  }
  free(block);
  return 0;
}

static atomic_int thread_started;

static void *thread_for_ever(void *data) {
  atomic_fetch_add(&thread_started, 1);
  for (;;)
    hazard_churn(100);
  return data;
}

/* The process ends while its threads allocate. */
int thread_at_exit(const char *argument) {
  (void)argument;
  for (int nth = 0; nth < EXIT_THREADS; nth++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, thread_for_ever, NULL))
      return hazard_fail("pthread_create");
  }
  while (atomic_load(&thread_started) < EXIT_THREADS)
    usleep(1000);
  usleep(20000);
  return 0;
}

static pthread_key_t thread_key;

/* Allocates in every round of destructors that there is, so also after the recorder's own. */
static void thread_destroy(void *block) {
  uintptr_t round = *(uintptr_t *)block;
  free(block);
  hazard_churn(100);
  uintptr_t *next = malloc(sizeof *next);
  if (round + 1 < PTHREAD_DESTRUCTOR_ITERATIONS && next) {
    *next = round + 1;
    pthread_setspecific(thread_key, next);
  } else {
    free(next);
  }
}

static void *thread_with_destructor(void *data) {
  uintptr_t *first = calloc(1, sizeof *first);
  pthread_setspecific(thread_key, first);
  return data;
}

int thread_destructors(const char *argument) {
  (void)argument;
  if (pthread_key_create(&thread_key, thread_destroy))
    return hazard_fail("pthread_key_create");
  for (int nth = 0; nth < 50; nth++) {
    pthread_t threads[ENDING_AT_ONCE];
    for (int thread = 0; thread < ENDING_AT_ONCE; thread++)
      if (pthread_create(&threads[thread], NULL, thread_with_destructor, NULL))
        return hazard_fail("pthread_create");
    for (int thread = 0; thread < ENDING_AT_ONCE; thread++)
      pthread_join(threads[thread], NULL);
  }
  return 0;
}

static ucontext_t coroutine_main, coroutines[COROUTINES];

static void coroutine_run(int number) {
  for (;;) {
    hazard_churn(20);
    void *block = malloc((size_t)number + 1);
    swapcontext(&coroutines[number], &coroutine_main);
    free(block);
  }
}

/* Stacks that are switched between two calls of malloc. */
int thread_coroutines(const char *argument) {
  (void)argument;
  for (int number = 0; number < COROUTINES; number++) {
    ucontext_t *context = &coroutines[number];
    getcontext(context);
    context->uc_stack.ss_sp = malloc(COROUTINE_STACK_BYTES);
    context->uc_stack.ss_size = COROUTINE_STACK_BYTES;
    context->uc_link = NULL;
    makecontext(context, (void (*)(void))coroutine_run, 1, number);
  }
  for (int nth = 0; nth < SWITCHES; nth++)
    swapcontext(&coroutine_main, &coroutines[nth % COROUTINES]);
  return 0;
}

static jmp_buf thread_jump;
static unsigned thread_bottoms;

static void thread_descend(int depth) {
  free(malloc((size_t)depth + 1));
  if (depth)
    thread_descend(depth - 1);
  else if (thread_bottoms++ % 4)
    longjmp(thread_jump, 1);
  free(malloc(1));
}

int thread_longjmp(const char *argument) {
  (void)argument;
  for (volatile int nth = 0; nth < JUMPS; nth++)
    if (!setjmp(thread_jump))
      thread_descend(nth % 50);
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Signal handlers that allocate. glibc's malloc does not allow that, bump.so does: it is preloaded
 * behind the recorder. Prints how many calls there were: what is recorded and what the trace says
 * it could not record must add up to that.
 */
#include "hazards.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#define SIGNALS 1500
#define INTERVAL_US 150

static atomic_int signal_count;
static uint64_t signal_calls; /* by handlers; only one runs at a time */

static void signal_handle(int number) {
  (void)number;
  for (int nth = 0; nth < 10; nth++)
    free(malloc(24));
  signal_calls += 20;
  atomic_fetch_add(&signal_count, 1);
}

static uint64_t signal_recurse(int depth) {
  void *block = malloc((size_t)depth + 1);
  uint64_t calls = depth ? signal_recurse(depth - 1) : 0;
  free(block);
  return calls + 2;
}

static int signal_run(int flags) {
  struct sigaction action = {.sa_handler = signal_handle, .sa_flags = SA_RESTART | flags};
  struct itimerval timer = {{0, INTERVAL_US}, {0, INTERVAL_US}}, off = {{0, 0}, {0, 0}};
  uint64_t calls = 0;
  if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &timer, NULL))
    return hazard_fail("timer");
  while (atomic_load(&signal_count) < SIGNALS)
    calls += signal_recurse(20);
  setitimer(ITIMER_REAL, &off, NULL);
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  sigprocmask(SIG_BLOCK, &alarm, NULL);
  fprintf(stderr, "%" PRIu64 " calls\n", calls + signal_calls);
  return 0;
}

int signal_handlers(const char *argument) {
  (void)argument;
  return signal_run(0);
}

int signal_alternate(const char *argument) {
  (void)argument;
  static char memory[16384];
  stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
  if (sigaltstack(&stack, NULL))
    return hazard_fail("sigaltstack");
  return signal_run(SA_ONSTACK);
}

static sigjmp_buf signal_out;

static void signal_leap(int number) {
  (void)number;
  siglongjmp(signal_out, 1);
}

/* Deeper than what allocates later. */
static __attribute__((noinline)) void *signal_below(void) {
  volatile char deep[1000];
  deep[0] = 1;
  void *block = malloc(4242);
  return deep[0] ? block : NULL;
}

/* malloc is left by a jump out of a handler, if it raises the signal; then blocks are kept. */
int signal_left(const char *argument) {
  (void)argument;
  signal(SIGUSR1, signal_leap);
  for (volatile int nth = 0; nth < 100; nth++) {
    if (!sigsetjmp(signal_out, 1))
      free(signal_below());
    if (!malloc(777))
      return hazard_fail("malloc");
  }
  return 0;
}

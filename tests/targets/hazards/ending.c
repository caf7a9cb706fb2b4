/* SPDX-License-Identifier: Apache-2.0
 *
 * end WAY: every way for a process to end. Before that two threads have each kept ENDING_KEPT
 * blocks in ending_keep, freed ENDING_FREED of them and churned in hazard_churn; both are still
 * there, with records that nobody has written out yet. In the ways that let handlers run, one of
 * them keeps another block.
 */
#include "hazards.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENDING_KEPT 300
#define ENDING_FREED 100
#define ENDING_BYTES 555
#define ENDING_ROUNDS 5000
#define ENDING_STATUS 7

static pthread_t ending_other;
static atomic_int ending_working = 2; /* threads */

static void ending_keep(void) {
  for (int nth = 0; nth < ENDING_KEPT; nth++) {
    void *block = malloc(ENDING_BYTES);
    if (nth < ENDING_FREED)
      free(block);
  }
}

static void ending_work(void) {
  ending_keep();
  hazard_churn(ENDING_ROUNDS);
  atomic_fetch_sub(&ending_working, 1);
}

static void ending_late(void) {
  ending_keep();
}

static void ending_become(void) {
  char name[] = "true", *const arguments[] = {name, NULL};
  execv("/bin/true", arguments);
}

/* ---- By a fault of its own
 * --------------------------------------------------------------------------*/

static volatile int ending_zero;

static void ending_segv(void) {
  *(volatile int *)(uintptr_t)ending_zero = 1;
}

static int ending_descend(volatile char *above) {
  volatile char here[4096];
  here[0] = above[0];
  return ending_zero ? 0 : ending_descend(here) + here[0];
}

static void ending_overflow(void) {
  volatile char top[1] = {1};
  ending_zero = ending_descend(top);
}

/* A page behind the end of its file. */
static void ending_bus(void) {
  int fd = memfd_create("hazards", 0);
  volatile char *page = fd < 0 ? NULL : mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  ending_zero = page ? *page : 0;
}

static void ending_fpe(void) {
  ending_zero = 4096 / ending_zero;
}

static void ending_ill(void) {
  __asm__ volatile("ud2");
}

static void ending_trap(void) {
  __asm__ volatile("int3");
}

static void ending_xcpu(void) {
  struct rlimit limit = {1, 2};
  setrlimit(RLIMIT_CPU, &limit);
  for (;;)
    hazard_churn(1);
}

static void ending_xfsz(void) {
  struct rlimit limit = {1, 1};
  int fd = memfd_create("hazards", 0);
  if (!setrlimit(RLIMIT_FSIZE, &limit) && ftruncate(fd, 2) != 0)
    raise(SIGXFSZ);
}

static void ending_pipe(void) {
  int ends[2];
  if (!pipe(ends) && !close(ends[0]) && write(ends[1], "x", 1) != 1)
    perror("pipe");
}

/* ---- In order, or by a word
 * --------------------------------------------------------------------*/

static void ending_exit(void) {
  exit(ENDING_STATUS);
}

static void ending_exit_now(void) {
  _exit(ENDING_STATUS);
}

/* Not even libc is asked. */
static void ending_exit_raw(void) {
  syscall(SYS_exit_group, ENDING_STATUS);
}

static void ending_exit_quickly(void) {
  quick_exit(ENDING_STATUS);
}

static const struct ending {
  const char *name;
  void (*end)(void); /* NULL: main returns */
} endings[] = {
    {"return", NULL},
    {"exit", ending_exit},
    {"_exit", ending_exit_now},
    {"exit_group", ending_exit_raw},
    {"quick_exit", ending_exit_quickly},
    {"abort", abort},
    {"exec", ending_become},
    {"null pointer", ending_segv},
    {"stack overflow", ending_overflow},
    {"bus error", ending_bus},
    {"division by zero", ending_fpe},
    {"illegal instruction", ending_ill},
    {"breakpoint", ending_trap},
    {"CPU limit", ending_xcpu},
    {"file limit", ending_xfsz},
    {"broken pipe", ending_pipe},
};

static const struct ending *ending_chosen;
static int ending_signal;

static void ending_do(void) {
  if (ending_signal) {
    kill(getpid(), ending_signal);
    sleep(10); /* a signal to the process may be taken by the other thread */
  }
  if (ending_chosen->end)
    ending_chosen->end();
}

/* The thread that is not to end the process waits for ever. */
static void *ending_run(void *does_it) {
  ending_work();
  while (does_it && atomic_load(&ending_working))
    usleep(1000);
  if (does_it)
    ending_do();
  pause();
  return NULL;
}

/* argument: a way, or the number of a signal; "thread " before it: the second thread does it. */
int ending_by(const char *argument) {
  static const char by_thread[] = "thread ";
  bool other = !strncmp(argument, by_thread, sizeof by_thread - 1);
  const char *way = other ? argument + sizeof by_thread - 1 : argument;
  ending_signal = atoi(way);
  for (size_t each = 0; each < sizeof endings / sizeof *endings; each++)
    if (!strcmp(endings[each].name, way))
      ending_chosen = &endings[each];
  if (!ending_chosen && !ending_signal)
    return hazard_fail("no such way to end");
  if (atexit(ending_late) || at_quick_exit(ending_late) ||
      pthread_create(&ending_other, NULL, ending_run, other ? &ending_other : NULL))
    return hazard_fail("pthread_create");
  ending_work();
  if (other)
    pause();
  while (atomic_load(&ending_working))
    usleep(1000);
  ending_do();
  return ENDING_STATUS;
}

/* ---- Of main, and of threads
 * ----------------------------------------------------------------------*/

static pthread_t ending_main;

static void *ending_after_main(void *fifo) {
  if (pthread_join(ending_main, NULL))
    exit(hazard_fail("main is not gone"));
  ending_work();
  int go = *(const char *)fifo ? open(fifo, O_RDONLY) : -1;
  char byte;
  if (go >= 0 && read(go, &byte, 1) != 1)
    exit(hazard_fail("no word to go on"));
  return NULL; /* the last thread: the process ends in order, with status 0 */
}

/* Main goes first; a thread works on without it. argument: a fifo that it then waits at, if any. */
int ending_main_first(const char *argument) {
  ending_main = pthread_self();
  ending_work();
  if (atexit(ending_late) ||
      pthread_create(&ending_other, NULL, ending_after_main, (void *)argument))
    return hazard_fail("pthread_create");
  pthread_exit(NULL);
}

static void ending_free(void *block) {
  free(block);
}

static void *ending_until_cancelled(void *unused) {
  ending_work();
  void *block = malloc(ENDING_BYTES);
  pthread_cleanup_push(ending_free, block);
  for (;;) {
    hazard_churn(10);
    pthread_testcancel();
  }
  pthread_cleanup_pop(1);
  return unused;
}

/* Threads are cancelled while they allocate; what they were is in the trace. */
int ending_cancelled(const char *argument) {
  (void)argument;
  for (int nth = 0; nth < 20; nth++) {
    void *result;
    if (pthread_create(&ending_other, NULL, ending_until_cancelled, NULL))
      return hazard_fail("pthread_create");
    usleep((useconds_t)(nth * 500));
    if (pthread_cancel(ending_other) || pthread_join(ending_other, &result) ||
        result != PTHREAD_CANCELED)
      return hazard_fail("pthread_cancel");
  }
  return 0;
}

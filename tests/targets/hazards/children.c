/* SPDX-License-Identifier: Apache-2.0
 *
 * Children in odd ways and at odd moments.
 */
#include "hazards.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCKS 1000
#define BLOCK_BYTES 1000
#define HANDLER_FORKS 50
#define EXECS 20

extern char **environ;

static void children_keep(void) {
  for (size_t block = 0; block < BLOCKS; block++)
    if (!malloc(BLOCK_BYTES))
      abort();
}

static int children_wait(pid_t pid) {
  int status;
  if (pid < 0 || waitpid(pid, &status, 0) != pid)
    return hazard_fail("no child");
  return status ? hazard_fail("the child failed") : 0;
}

static _Noreturn void children_exec_true(void) {
  char name[] = "true", *const arguments[] = {name, NULL};
  execve("/bin/true", arguments, environ);
  _exit(127);
}

/* Made by the kernel alone: no handler of the C library's runs. */
int children_clone(const char *argument) {
  (void)argument;
  hazard_churn(2000);
  for (int child = 0; child < 3; child++) {
    pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (!pid) {
      children_keep();
      _exit(0);
    }
    hazard_churn(2000);
    if (children_wait(pid))
      return 1;
  }
  return 0;
}

/* As daemons are made: the grandchild is nobody's child. It allocates while the first still runs.
 */
int children_double_fork(const char *argument) {
  (void)argument;
  int done[2];
  char byte = 0;
  hazard_churn(2000);
  if (pipe(done))
    return hazard_fail("pipe");
  pid_t pid = fork();
  if (!pid) {
    setsid();
    hazard_churn(100);
    if (!fork()) {
      children_keep();
      exit(write(done[1], &byte, 1) != 1);
    }
    _exit(0);
  }
  if (children_wait(pid))
    return 1;
  close(done[1]);
  return read(done[0], &byte, 1) == 1 && read(done[0], &byte, 1) == 0 ? 0
                                                                      : hazard_fail("grandchild");
}

static volatile sig_atomic_t children_forks, children_failed;

static void children_on_alarm(int number) {
  (void)number;
  if (children_forks >= HANDLER_FORKS)
    return;
  children_forks++;
  pid_t pid = fork();
  if (!pid && children_forks % 2)
    children_exec_true();
  if (!pid)
    _exit(0);
  int status = 1;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
    children_failed = 1;
}

/* Forks in a signal handler, wherever the program was, mostly inside malloc and free. */
int children_in_handler(const char *argument) {
  (void)argument;
  struct sigaction action = {.sa_handler = children_on_alarm, .sa_flags = SA_RESTART};
  struct itimerval every = {{0, 2000}, {0, 2000}};
  if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &every, NULL))
    return hazard_fail("setitimer");
  while (children_forks < HANDLER_FORKS)
    hazard_churn(1000);
  setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
  return children_failed ? hazard_fail("a child failed") : 0;
}

/* Children that execute another program at once. */
int children_exec_at_once(const char *argument) {
  (void)argument;
  hazard_churn(2000);
  for (int child = 0; child < EXECS; child++) {
    pid_t pid = fork();
    if (!pid)
      children_exec_true();
    if (children_wait(pid))
      return 1;
  }
  return 0;
}

static void *children_churn(void *data) {
  for (;;)
    hazard_churn(1000);
  return data;
}

static void *children_become(void *data) {
  char name[] = "hazards", hazard[] = "exec-thread", again[] = "again";
  char *const arguments[] = {name, hazard, again, NULL};
  hazard_churn(20000);
  execv("/proc/self/exe", arguments);
  return data;
}

/* Becomes itself again from a thread that is not the first, while others allocate. */
int children_exec_thread(const char *argument) {
  if (!strcmp(argument, "again")) {
    children_keep();
    return 0;
  }
  pthread_t threads[3];
  for (int thread = 0; thread < 3; thread++)
    if (pthread_create(&threads[thread], NULL, thread ? children_churn : children_become, NULL))
      return hazard_fail("pthread_create");
  pthread_join(threads[0], NULL);
  return hazard_fail("exec");
}

static atomic_bool children_done;

/* Half of the blocks live until the end: every block of records is drained, not cancelled. */
static void *children_drain(void *data) {
  while (!atomic_load(&children_done)) {
    void *blocks[4096];
    for (size_t i = 0; i < 4096; i++)
      blocks[i] = malloc(16);
    for (size_t i = 0; i < 4096; i++)
      free(blocks[i]);
  }
  return data;
}

/* Every thread forks, while the others drain; each child allocates and ends in order. */
static void *children_forker(void *failed) {
  for (int child = 0; child < 15; child++) {
    pid_t pid = fork();
    if (!pid) {
      hazard_churn(100);
      exit(0);
    }
    if (children_wait(pid))
      atomic_store((atomic_bool *)failed, true);
    hazard_churn(500);
  }
  return NULL;
}

int children_any_thread(const char *argument) {
  (void)argument;
  static atomic_bool failed;
  pthread_t drainers[2], forkers[2];
  for (int i = 0; i < 2; i++)
    if (pthread_create(&drainers[i], NULL, children_drain, NULL) ||
        pthread_create(&forkers[i], NULL, children_forker, &failed))
      return hazard_fail("pthread_create");
  for (int i = 0; i < 2; i++)
    pthread_join(forkers[i], NULL);
  atomic_store(&children_done, true);
  for (int i = 0; i < 2; i++)
    pthread_join(drainers[i], NULL);
  return atomic_load(&failed) ? hazard_fail("a child failed") : 0;
}

/* The child frees half of what it has from its parent, which goes on and frees the other half; both
 * keep blocks of their own, and so does a grandchild. */
int children_inherit(const char *argument) {
  (void)argument;
  static void *from_parent[100];
  for (size_t i = 0; i < 100; i++)
    from_parent[i] = malloc(300);
  pid_t pid = fork();
  if (pid) {
    for (size_t i = 50; i < 100; i++)
      free(from_parent[i]);
    return children_wait(pid);
  }
  for (size_t i = 0; i < 50; i++)
    free(from_parent[i]);
  children_keep();
  pid = fork();
  if (pid)
    exit(children_wait(pid));
  free(from_parent[99]);
  children_keep();
  exit(0);
}

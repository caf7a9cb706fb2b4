/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes that become another user's after their start, or may have no more processes.
 */
#include "hazards.h"

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 50000
#define NOBODY 65534
#define CHANGES 50
#define THREADS 2

/* Root alone can; everybody else stays who he is. */
static int owner_become_nobody(void) {
  if (geteuid())
    return 0;
  return setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY);
}

static void owner_keep(void) {
  for (int times = 0; times < 100; times++)
    if (!malloc(777))
      abort();
}

/* Drops its rights for good, says so, and goes on until stdin ends. */
int owner_drop(const char *argument) {
  char line[64];
  (void)argument;
  owner_keep();
  hazard_churn(ROUNDS);
  if (owner_become_nobody())
    return hazard_fail("setuid");
  owner_keep();
  hazard_churn(ROUNDS);
  puts("dropped");
  fflush(stdout);
  while (read(STDIN_FILENO, line, sizeof line) > 0)
    owner_keep();
  hazard_churn(ROUNDS);
  owner_keep();
  return 0;
}

/* Children of one that has dropped its rights. */
int owner_fork(const char *argument) {
  (void)argument;
  owner_keep();
  if (owner_become_nobody())
    return hazard_fail("setuid");
  for (int nth = 0; nth < 3; nth++) {
    pid_t child = fork();
    if (!child) {
      hazard_churn(ROUNDS);
      _exit(0);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status)
      return hazard_fail("child");
  }
  owner_keep();
  return 0;
}

static atomic_bool changed;

static void *owner_churn(void *unused) {
  while (!atomic_load(&changed))
    hazard_churn(1000);
  return unused;
}

/* The effective user changes again and again: libc sends each thread a signal for it, and waits. */
int owner_change(const char *argument) {
  pthread_t threads[THREADS];
  (void)argument;
  for (int each = 0; each < THREADS; each++)
    if (pthread_create(&threads[each], NULL, owner_churn, NULL))
      return hazard_fail("pthread_create");
  for (int times = 0; times < CHANGES; times++)
    if (seteuid(NOBODY) || seteuid(0))
      return hazard_fail("seteuid");
  atomic_store(&changed, true);
  for (int each = 0; each < THREADS; each++)
    pthread_join(threads[each], NULL);
  owner_keep();
  return 0;
}

static void *owner_nothing(void *unused) {
  return unused;
}

/* Neither a thread nor a child can be had any more. */
int owner_processes(const char *argument) {
  const struct rlimit none = {0, 0};
  int refused = 0;
  (void)argument;
  owner_keep();
  if (setrlimit(RLIMIT_NPROC, &none) || owner_become_nobody())
    return hazard_fail("setrlimit");
  for (int times = 0; times < 100; times++) {
    pthread_t thread;
    refused += pthread_create(&thread, NULL, owner_nothing, NULL) == EAGAIN;
    pid_t child = fork();
    if (!child)
      _exit(0);
    refused += child < 0 && errno == EAGAIN;
    hazard_churn(1000);
  }
  owner_keep();
  printf("%d times refused\n", refused);
  return 0;
}

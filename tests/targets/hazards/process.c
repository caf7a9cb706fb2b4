/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes that come from this one.
 */
#include "hazards.h"

#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_BLOCKS 1000
#define CHILD_BLOCK_BYTES 1000
#define PARENT_BLOCKS 10
#define PARENT_BLOCK_BYTES 100
#define ROUNDS 20000

extern char **environ;

/* Blocks that are never freed, so that whoever looks knows how many there must be. */
static void process_keep(size_t blocks, size_t bytes) {
  for (size_t block = 0; block < blocks; block++)
    if (!malloc(bytes))
      abort();
}

static int process_wait(pid_t pid) {
  int status;
  if (pid < 0 || waitpid(pid, &status, 0) != pid)
    return hazard_fail("no child");
  return status ? hazard_fail("the child failed") : 0;
}

/* The child keeps a thousand blocks, and frees one of the parent's: none of it is the parent's. */
int process_fork(const char *argument) {
  (void)argument;
  char *inherited = malloc(PARENT_BLOCK_BYTES);
  process_keep(PARENT_BLOCKS - 1, PARENT_BLOCK_BYTES);
  for (int child = 0; child < 3; child++) {
    pid_t pid = fork();
    if (!pid) {
      free(inherited);
      process_keep(CHILD_BLOCKS, CHILD_BLOCK_BYTES);
      hazard_churn(ROUNDS);
      exit(0);
    }
    hazard_churn(ROUNDS);
    if (process_wait(pid))
      return 1;
  }
  return inherited ? 0 : 1;
}

/* A child of a child of a child. */
int process_fork_deep(const char *argument) {
  int depth = *argument ? atoi(argument) : 3;
  hazard_churn(ROUNDS);
  if (!depth)
    return 0;
  pid_t pid = fork();
  if (!pid) {
    char next[16];
    snprintf(next, sizeof next, "%d", depth - 1);
    exit(process_fork_deep(next));
  }
  return process_wait(pid);
}

static atomic_bool process_done;

static void *process_churn(void *data) {
  while (!atomic_load(&process_done))
    hazard_churn(100);
  return data;
}

/* Forks while other threads are somewhere inside malloc and free; the children allocate. */
int process_fork_threads(const char *argument) {
  (void)argument;
  pthread_t threads[2];
  int failed = 0;
  for (int thread = 0; thread < 2; thread++)
    if (pthread_create(&threads[thread], NULL, process_churn, NULL))
      return hazard_fail("pthread_create");
  for (int child = 0; child < 100 && !failed; child++) {
    pid_t pid = fork();
    if (!pid) {
      hazard_churn(2000);
      _exit(0);
    }
    failed = process_wait(pid);
  }
  atomic_store(&process_done, true);
  for (int thread = 0; thread < 2; thread++)
    pthread_join(threads[thread], NULL);
  return failed;
}

int process_vfork(const char *argument) {
  (void)argument;
  char name[] = "true", *const arguments[] = {name, NULL};
  process_keep(PARENT_BLOCKS, PARENT_BLOCK_BYTES);
  for (int child = 0; child < 20; child++) {
    hazard_churn(ROUNDS / 20);
    pid_t pid = vfork();
    if (!pid) {
      execve("/bin/true", arguments, environ);
      _exit(127);
    }
    if (process_wait(pid))
      return 1;
  }
  return 0;
}

int process_spawn(const char *argument) {
  (void)argument;
  char name[] = "true", *const arguments[] = {name, NULL};
  process_keep(PARENT_BLOCKS, PARENT_BLOCK_BYTES);
  for (int child = 0; child < 20; child++) {
    pid_t pid = -1;
    hazard_churn(ROUNDS / 20);
    if (posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, environ) || process_wait(pid))
      return hazard_fail("posix_spawn");
  }
  return 0;
}

/* The parent exits at once; the daemon keeps its blocks and leaves its pid in the file argument. */
int process_daemon(const char *argument) {
  process_keep(PARENT_BLOCKS, PARENT_BLOCK_BYTES);
  if (daemon(1, 1))
    return hazard_fail("daemon");
  hazard_churn(ROUNDS);
  process_keep(CHILD_BLOCKS, CHILD_BLOCK_BYTES);
  FILE *out = fopen(argument, "w");
  if (!out)
    return 1;
  fprintf(out, "%d\n", (int)getpid());
  fclose(out);
  return 0;
}

/* Becomes itself again, with argument "again": what the second image keeps is in a trace. */
int process_exec(const char *argument) {
  char name[] = "hazards", hazard[] = "exec", again[] = "again";
  char *const arguments[] = {name, hazard, again, NULL};
  if (!strcmp(argument, "again")) {
    process_keep(CHILD_BLOCKS, CHILD_BLOCK_BYTES);
    return 0;
  }
  process_keep(PARENT_BLOCKS, PARENT_BLOCK_BYTES);
  hazard_churn(ROUNDS);
  execv("/proc/self/exe", arguments);
  return hazard_fail("exec");
}

int process_environment(const char *argument) {
  (void)argument;
  for (char **each = environ; *each; each++)
    puts(*each);
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads that live for a moment and end in every way there is; and children.
 */
#include "actors.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pthread_key_t late_key;

/* In each round of destructors there is: a block more, and the one before away. */
static void late_end(void *block) {
  static _Thread_local int rounds;
  block_free(block);
  if (++rounds < PTHREAD_DESTRUCTOR_ITERATIONS)
    pthread_setspecific(late_key, block_new(STORM_LATE, (uintptr_t)block >> 4));
}

void victim_start(void) {
  if (pthread_key_create(&late_key, late_end))
    block_die("pthread_key_create");
}

static void free_held(void *held) {
  block_free(held);
}

/* Ends by itself, by its parent, or in the middle of frames that have to be cleaned up. */
static void *victim_live(void *data) {
  uint64_t chance = (uintptr_t)data | 1;
  void *held = block_new(STORM_VICTIM, block_chance(&chance));
  pthread_setspecific(late_key, block_new(STORM_LATE, block_chance(&chance)));
  prctl(PR_SET_NAME, chance & 2 ? "victim" : "sacrifice");
  pthread_cleanup_push(free_held, held);
  for (uint64_t times = block_chance(&chance) % 50; times; times--)
    block_free(block_new(STORM_VICTIM, block_chance(&chance)));
  if (chance & 4)
    pthread_exit(NULL);
  if (chance & 8) /* until it is cancelled */
    for (;;)
      usleep(1000);
  pthread_cleanup_pop(1);
  return NULL;
}

void victim_turn(struct actor *actor) {
  uint64_t chance = block_chance(&actor->chance);
  pthread_t threads[8];
  size_t count = 1 + chance % 8;
  for (size_t thread = 0; thread < count; thread++) {
    int error = pthread_create(&threads[thread], NULL, victim_live,
                               (void *)(uintptr_t)block_chance(&actor->chance));
    if (error && error != EAGAIN)
      block_die("pthread_create");
    if (error) /* the machine has no more for us: fewer in this turn */
      count = thread;
  }
  if (chance & 256)
    usleep((useconds_t)(chance >> 16) % 2000);
  for (size_t thread = 0; thread < count; thread++) {
    pthread_cancel(threads[thread]); /* one that has ended is still there to be joined */
    pthread_join(threads[thread], NULL);
  }
}

/* ---- Children ----------------------------------------------------------------------------- */

static void child_allocate(uint64_t *chance) {
  block_forget();
  for (int times = 0; times < 300; times++)
    block_free(block_new(STORM_CHURN, block_chance(chance)));
  for (int times = 0; times < STORM_CHILD_BLOCKS; times++)
    (void)block_new(STORM_CHILD, block_chance(chance));
}

/* A child, and sometimes its own child, which keeps nothing more. */
static _Noreturn void child_live(uint64_t chance) {
  child_allocate(&chance);
  pid_t pid = chance & 16 ? fork() : 0;
  int status = 0;
  if (chance & 16 && !pid)
    block_free(block_new(STORM_CHURN, chance));
  if (pid > 0 && (waitpid(pid, &status, 0) != pid || status))
    _exit(3);
  _exit(0); /* exit would wait for the locks of threads that are not there any more */
}

static pid_t child_spawn(void) {
  char name[] = "true", *const arguments[] = {name, NULL};
  pid_t pid;
  errno = posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, environ);
  return errno ? -1 : pid;
}

static pid_t child_exec(bool with_vfork) {
  char name[] = "true", *const arguments[] = {name, NULL};
  pid_t pid = with_vfork ? vfork() : fork();
  if (!pid) {
    execve("/bin/true", arguments, environ);
    _exit(127);
  }
  return pid;
}

void child_turn(struct actor *actor) {
  uint64_t chance = block_chance(&actor->chance);
  pid_t pid;
  int status = 0;
  switch (chance % 4) {
  case 0:
    pid = child_spawn();
    break;
  case 1:
    pid = child_exec(chance & 16);
    break;
  default:
    pid = fork();
    if (!pid)
      child_live(chance);
  }
  if (pid < 0 && errno == EAGAIN) /* as with threads */
    return;
  if (pid < 0)
    block_die("fork");
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      block_die("waitpid");
  if (status)
    block_die("a child failed");
  usleep(actors_options.children ? 100000 : 10000);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * storm LOG SECONDS PACE END [anywhere] [children] PLUGIN_A PLUGIN_B
 *
 * Lets all actors loose for a time, each resting up to PACE microseconds after a turn, and ends by:
 *   exit     all actors have stopped and nothing changes any more; main returns
 *   last     the same, but main is gone first, and the last thread ends the process
 *   _exit, quick_exit, kill, exec: the actors run on while the process ends under them
 *   running  as these, by exit: what they do after the recorder's end is in no trace
 */
#include "actors.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct {
  const char *name;
  void (*turn)(struct actor *actor);
} parts[] = {
    {"churn", churn_turn},       {"churn", churn_turn},       {"exchange", exchange_turn},
    {"exchange", exchange_turn}, {"exchange", exchange_turn}, {"resize", resize_turn},
    {"resize", resize_turn},     {"throw", throw_turn},       {"plugin", plugin_turn},
    {"victim", victim_turn},     {"victim", victim_turn},     {"child", child_turn},
    {"mark", mark_turn},         {"signal", signal_turn},
};
#define PARTS (sizeof parts / sizeof *parts)
_Static_assert(PARTS <= STORM_ACTORS, "each has a pulse");

struct actors_options actors_options;
atomic_bool actors_stopping;
static struct actor actors[PARTS];
static uint64_t pace;

pid_t actors_any_tid(uint64_t chance) {
  return atomic_load(&actors[chance % PARTS].tid);
}

static void *play(void *data) {
  struct actor *actor = data;
  size_t part = (size_t)(actor - actors);
  atomic_store(&actor->tid, (pid_t)syscall(SYS_gettid));
  while (!atomic_load(&actors_stopping)) {
    parts[part].turn(actor);
    atomic_fetch_add(&block_truth->pulse[part], 1);
    if (pace)
      usleep((useconds_t)(block_chance(&actor->chance) % pace));
  }
  atomic_store(&actor->tid, 0);
  return NULL;
}

static void start(pthread_t threads[PARTS], uint64_t seed) {
  for (size_t part = 0; part < PARTS; part++) {
    actors[part].name = parts[part].name;
    actors[part].chance = (seed + part + 1) * 0x9e3779b97f4a7c15ull;
    if (pthread_create(&threads[part], NULL, play, &actors[part]))
      block_die("pthread_create");
  }
}

/* The signals' sender first, so that no signal is under way when the others have gone. */
static void stop(pthread_t threads[PARTS]) {
  atomic_store(&actors_stopping, true);
  for (size_t part = PARTS; part-- > 0;)
    pthread_join(threads[part], NULL);
}

static void *end_last(void *data) {
  usleep(1000);
  return data;
}

static int end(const char *how, pthread_t threads[PARTS]) {
  char name[] = "true", *const arguments[] = {name, NULL}, *const environment[] = {NULL};
  pthread_t last;
  if (!strcmp(how, "_exit"))
    _exit(0);
  if (!strcmp(how, "quick_exit"))
    quick_exit(0);
  if (!strcmp(how, "kill"))
    kill(getpid(), SIGKILL);
  if (!strcmp(how, "exec"))
    execve("/bin/true", arguments, environment);
  if (!strcmp(how, "running"))
    exit(0);
  stop(threads);
  if (!strcmp(how, "last") && !pthread_create(&last, NULL, end_last, NULL))
    pthread_exit(NULL);
  return strcmp(how, "exit") ? 2 : 0;
}

static void sleep_until_done(double seconds) {
  struct timespec rest = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  while (nanosleep(&rest, &rest))
    ;
}

int main(int count, char **arguments) {
  pthread_t threads[PARTS];
  if (count < 7)
    return 2;
  for (int nth = 5; nth < count - 2; nth++) {
    actors_options.anywhere |= !strcmp(arguments[nth], "anywhere");
    actors_options.children |= !strcmp(arguments[nth], "children");
  }
  memcpy(actors_options.plugins, (char *[]){arguments[count - 2], arguments[count - 1]},
         sizeof actors_options.plugins);
  pace = strtoull(arguments[3], NULL, 10);
  block_start(arguments[1]);
  signal_start();
  victim_start();
  start(threads, (uint64_t)getpid());
  sleep_until_done(strtod(arguments[2], NULL));
  return end(arguments[4], threads);
}

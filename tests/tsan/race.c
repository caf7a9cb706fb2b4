/* SPDX-License-Identifier: Apache-2.0
 *
 * race PLAN SEED: the recorder's threads, slots, contexts and the rest, called from many threads at
 * once as its hooks are, in a program in front of whose allocator it does not stand. RACE_TRUTH
 * names the file where it is written down what was called; SEEP_OUT is the trace.
 */
#include "actor.h"
#include "sites.h"
#include "weather.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define TICK_US 1000
#define EXIT_US 200000 /* after so long the process ends, where it does so meanwhile */

static struct race_truth *make_truth(void) {
  const char *path = getenv("RACE_TRUTH");
  int file = path ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
  if (file < 0 || ftruncate(file, sizeof(struct race_truth)))
    return NULL;
  struct race_truth *truth = mmap(NULL, sizeof *truth, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (truth == MAP_FAILED)
    return NULL;
  truth->magic = RACE_MAGIC;
  truth->pid = (uint32_t)getpid();
  return truth;
}

static unsigned count_threads(void) {
  unsigned count = 0;
  DIR *tasks = opendir("/proc/self/task");
  while (tasks && readdir(tasks))
    count++;
  if (tasks)
    closedir(tasks);
  return count;
}

static void *do_nothing(void *unused) {
  return unused;
}

/* With the first thread the race detector begins one of its own. */
static void begin_threads(void) {
  pthread_t thread;
  if (!pthread_create(&thread, NULL, do_nothing, NULL))
    pthread_join(thread, NULL);
}

/* Until the actors' threads are gone for good: what the recorder does last of all belongs to it. */
static void run(const struct plan *plan) {
  unsigned ticks = EXIT_US / TICK_US, others = count_threads();
  while (!actor_all_gone() || count_threads() > others) {
    if ((plan->flags & PLAN_EXIT) && !ticks--)
      return;
    actor_spawn();
    usleep(TICK_US);
  }
}

int main(int count, char **arguments) {
  const struct plan *plan = count == 3 ? plan_find(arguments[1]) : NULL;
  struct race_truth *truth = plan ? make_truth() : NULL;
  if (!truth) {
    fprintf(stderr, "usage: race PLAN SEED, with RACE_TRUTH and SEEP_OUT\n");
    return 2;
  }
  sites_learn(truth);
  actor_start(plan, truth, strtoull(arguments[2], NULL, 10));
  begin_threads();
  weather_start(plan, truth);
  run(plan);
  weather_end();
  atomic_store_explicit(&truth->ending, 1, memory_order_relaxed);
  return 0;
}

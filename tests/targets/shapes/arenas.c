/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads with an arena each: a thread takes blocks until its arena has what its largest job needs,
 * and keeps them. The threads are started one after the other, as the load wants them.
 */
#include "shape.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#define THREADS 8
#define BLOCK_BYTES 4096
#define BLOCKS_MOST 24

struct worker {
  pthread_t thread;
  sem_t wanted, done;
  void *blocks[BLOCKS_MOST];
  uint64_t block_count, state;
};

static struct worker workers[THREADS];
static uint64_t worker_count, units_per_thread, state = 3;

static SHAPE_SITE void arena_grow(struct worker *worker) {
  worker->blocks[worker->block_count++] = shape_filled(malloc(BLOCK_BYTES), BLOCK_BYTES);
}

static void *worker_run(void *data) {
  struct worker *worker = data;
  for (;;) {
    sem_wait(&worker->wanted);
    uint64_t need = 1 + shape_random(&worker->state, BLOCKS_MOST);
    while (worker->block_count < need)
      arena_grow(worker);
    sem_post(&worker->done);
  }
  return NULL;
}

static SHAPE_SITE void worker_start(struct worker *worker) {
  worker->state = worker_count;
  sem_init(&worker->wanted, 0, 0);
  sem_init(&worker->done, 0, 0);
  if (pthread_create(&worker->thread, NULL, worker_run, worker))
    exit(1);
}

static void arenas_start(uint64_t units) {
  units_per_thread = units / 3 / THREADS + 1; /* all run after a third */
}

static void arenas_unit(uint64_t number) {
  if (worker_count < THREADS && number >= worker_count * units_per_thread)
    worker_start(&workers[worker_count++]);
  struct worker *worker = &workers[shape_random(&state, worker_count)];
  sem_post(&worker->wanted);
  sem_wait(&worker->done);
}

int main(int count, char **arguments) {
  static const struct shape shape = {
      .name = "arenas",
      .start = arenas_start,
      .unit = arenas_unit,
      .sites = {{"arena_grow", "plateau step", 0}, {"worker_start", "plateau step", 0}}};
  return shape_run(&shape, count, arguments);
}

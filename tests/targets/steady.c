/* SPDX-License-Identifier: Apache-2.0
 *
 * steady THREADS: threads that allocate, resize and free at random for as long as stdin is open,
 * and know what they have. Orders, one a line:
 *
 *   renew   frees all that is there; answers "ok"
 *   hold    stops the threads, answers "BLOCKS BYTES" of what is there
 *   go      lets them go on; answers "ok"
 *
 * A thread waits only where it was told to hold: else the process is busy all the time.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEADY_SLOTS 500
#define STEADY_THREADS 16

struct steady_thread {
  pthread_t id;
  pthread_mutex_t lock; /* held while it works at its slots */
  uint64_t random;
  void *blocks[STEADY_SLOTS];
  size_t sizes[STEADY_SLOTS];
};

static struct steady_thread steady_threads[STEADY_THREADS];
static int steady_count;
static atomic_bool steady_ends;

static uint64_t steady_random(struct steady_thread *thread) {
  thread->random ^= thread->random << 13;
  thread->random ^= thread->random >> 7;
  thread->random ^= thread->random << 17;
  return thread->random;
}

__attribute__((noinline)) static void *steady_take(uint64_t way, size_t size) {
  void *block = NULL;
  switch (way % 4) {
  case 0:
    return calloc(1, size);
  case 1:
    return posix_memalign(&block, 64, size) ? NULL : block;
  default:
    return malloc(size);
  }
}

static void steady_step(struct steady_thread *thread) {
  uint64_t way = steady_random(thread);
  size_t slot = way % STEADY_SLOTS, size = 1 + (way >> 20) % 600;
  void **block = &thread->blocks[slot];
  if (!*block) {
    *block = steady_take(way >> 32, size);
  } else if (way >> 40 & 1) {
    *block = realloc(*block, size);
  } else {
    free(*block);
    *block = NULL;
    size = 0;
  }
  thread->sizes[slot] = size;
}

static void *steady_main(void *data) {
  struct steady_thread *thread = data;
  while (!atomic_load(&steady_ends)) {
    pthread_mutex_lock(&thread->lock);
    for (int i = 0; i < 200; i++)
      steady_step(thread);
    pthread_mutex_unlock(&thread->lock);
  }
  return NULL;
}

static void steady_hold(int held) {
  for (int i = 0; i < steady_count; i++)
    (held ? pthread_mutex_lock : pthread_mutex_unlock)(&steady_threads[i].lock);
}

static void steady_renew(struct steady_thread *thread) {
  for (size_t i = 0; i < STEADY_SLOTS; i++) {
    free(thread->blocks[i]);
    thread->blocks[i] = NULL;
    thread->sizes[i] = 0;
  }
}

static void steady_tell(void) {
  size_t blocks = 0, bytes = 0;
  for (int i = 0; i < steady_count; i++)
    for (size_t slot = 0; slot < STEADY_SLOTS; slot++)
      if (steady_threads[i].blocks[slot]) {
        blocks++;
        bytes += steady_threads[i].sizes[slot];
      }
  dprintf(STDOUT_FILENO, "%zu %zu\n", blocks, bytes);
}

static void steady_obey(const char *order) {
  if (!strncmp(order, "renew", 5)) {
    steady_hold(1);
    for (int i = 0; i < steady_count; i++)
      steady_renew(&steady_threads[i]);
    steady_hold(0);
  } else if (!strncmp(order, "hold", 4)) {
    steady_hold(1);
    steady_tell();
    return;
  } else if (!strncmp(order, "go", 2)) {
    steady_hold(0);
  }
  dprintf(STDOUT_FILENO, "ok\n");
}

/* Without stdio, which allocates. */
static int steady_read_order(char *order, size_t bytes) {
  size_t used = 0;
  while (used + 1 < bytes && read(STDIN_FILENO, order + used, 1) == 1)
    if (order[used++] == '\n')
      break;
  order[used] = '\0';
  return used > 0;
}

int main(int argc, char **argv) {
  char order[32];
  steady_count = argc > 1 ? atoi(argv[1]) : 1;
  if (steady_count < 1 || steady_count > STEADY_THREADS)
    return 2;
  for (int i = 0; i < steady_count; i++) {
    struct steady_thread *thread = &steady_threads[i];
    thread->random = 88172645463325252u + (uint64_t)i;
    pthread_mutex_init(&thread->lock, NULL);
    if (pthread_create(&thread->id, NULL, steady_main, thread))
      return 2;
  }
  while (steady_read_order(order, sizeof order))
    steady_obey(order);
  atomic_store(&steady_ends, 1);
  for (int i = 0; i < steady_count; i++)
    pthread_join(steady_threads[i].id, NULL);
  return 0;
}

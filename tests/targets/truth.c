/* SPDX-License-Identifier: Apache-2.0
 *
 * truth FILE THREADS MICROSECONDS SEED: allocates, resizes and frees at random on some threads,
 * blocks of one thread by another too, writes down what it does (truth.h), and is killed by a timer
 * of the kernel with SIGKILL, wherever it is by then. MICROSECONDS 0: it runs for a tenth of a
 * second and ends in order, without freeing.
 */
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define HOT_SLOTS 8 /* used half of the time: their blocks are short-lived */
#define ORDERLY_RUN_US 100000

static struct truth *truth;
static atomic_flag slot_locks[TRUTH_SLOTS];
static atomic_bool stopping;
static uint64_t seed;

static void truth_die(const char *what) {
  dprintf(STDERR_FILENO, "truth: %s: %s\n", what, strerror(errno));
  _exit(2);
}

static uint64_t random_next(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static size_t random_size(uint64_t *state) {
  uint64_t steps = random_next(state) % 256 ? 1 + random_next(state) % 64 : 12000;
  return steps * TRUTH_SIZE_STEP + TRUTH_SIZE_REST;
}

static void intent_begin(struct truth_intent *intent, enum truth_call call, uint32_t slot,
                         size_t size) {
  intent->slot = slot;
  intent->old = truth->slots[slot];
  intent->fresh = (struct truth_block){0, size};
  intent->returned = 0;
  __atomic_store_n(&intent->call, call, __ATOMIC_RELEASE);
}

static void intent_end(struct truth_intent *intent, void *result) {
  struct truth_block *slot = &truth->slots[intent->slot];
  intent->fresh.address = (uintptr_t)result;
  __atomic_store_n(&intent->returned, 1, __ATOMIC_RELEASE);
  *slot = result ? intent->fresh : (struct truth_block){0, 0};
  intent->calls++;
  __atomic_store_n(&intent->call, TRUTH_NONE, __ATOMIC_RELEASE);
}

static void *allocate_somehow(uint64_t choice, size_t size) {
  void *block = NULL;
  switch (choice % 4) {
  case 0:
    return calloc(1, size);
  case 1:
    return posix_memalign(&block, 64, size) ? NULL : block;
  default:
    return malloc(size);
  }
}

static void step(struct truth_intent *intent, uint32_t slot, uint64_t *state) {
  void *old = (void *)truth->slots[slot].address;
  uint64_t choice = random_next(state);
  size_t size = random_size(state);
  if (!old) {
    intent_begin(intent, TRUTH_ALLOCATE, slot, size);
    intent_end(intent, allocate_somehow(choice, size));
  } else if (choice % 8 < 3) {
    intent_begin(intent, TRUTH_RESIZE, slot, size);
    intent_end(intent, realloc(old, size));
  } else {
    intent_begin(intent, TRUTH_FREE, slot, 0);
    free(old);
    intent_end(intent, NULL);
  }
}

static void *run(void *data) {
  struct truth_intent *intent = data;
  uint64_t state = (seed + 1) * 0x9e3779b97f4a7c15ull + (uint64_t)(intent - truth->intents);
  while (!atomic_load_explicit(&stopping, memory_order_relaxed)) {
    uint64_t choice = random_next(&state);
    uint32_t slot = (uint32_t)(choice >> 8) % (choice & 1 ? HOT_SLOTS : TRUTH_SLOTS);
    if (atomic_flag_test_and_set_explicit(&slot_locks[slot], memory_order_acquire))
      continue;
    step(intent, slot, &state);
    atomic_flag_clear_explicit(&slot_locks[slot], memory_order_release);
  }
  return NULL;
}

static void truth_map(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof *truth))
    truth_die(path);
  truth = mmap(NULL, sizeof *truth, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (truth == MAP_FAILED)
    truth_die("mmap");
  close(fd);
  truth->magic = TRUTH_MAGIC;
}

static void kill_after(uint64_t microseconds) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
  struct itimerspec when = {
      .it_value = {(time_t)(microseconds / 1000000), (long)(microseconds % 1000000) * 1000}};
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &when, NULL))
    truth_die("timer");
}

int main(int count, char **arguments) {
  if (count != 5)
    return 2;
  uint64_t threads = strtoull(arguments[2], NULL, 10);
  uint64_t microseconds = strtoull(arguments[3], NULL, 10);
  seed = strtoull(arguments[4], NULL, 10);
  pthread_t ids[TRUTH_THREADS];
  if (!threads || threads > TRUTH_THREADS)
    return 2;
  truth_map(arguments[1]);
  truth->threads = threads;
  if (microseconds)
    kill_after(microseconds);
  for (uint64_t thread = 0; thread < threads; thread++)
    if (pthread_create(&ids[thread], NULL, run, &truth->intents[thread]))
      truth_die("pthread_create");
  usleep(microseconds ? 60000000 : ORDERLY_RUN_US);
  atomic_store(&stopping, true);
  for (uint64_t thread = 0; thread < threads; thread++)
    pthread_join(ids[thread], NULL);
  return microseconds ? 3 : 0; /* 3: the timer never fired */
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * truth FILE THREADS MICROSECONDS SEED [SCENE...]: allocates, resizes and frees at random on some
 * threads, blocks of one thread by another too, writes down what it does (truth.h), and is killed
 * by a timer of the kernel with SIGKILL, wherever it is by then. MICROSECONDS 0: it runs for a
 * tenth of a second and ends in order, without freeing. What goes on besides, by scene: births
 * threads end after some steps, and others take their places stacks  steps are done at the end of
 * paths that are new, time after time forks   children are forked, which allocate marks   marks are
 * put hoard   blocks are large, filled, and hardly ever freed: until somebody else kills
 */
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <seep/seep.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOT_SLOTS 8 /* used half of the time: their blocks are short-lived */
#define ORDERLY_RUN_US 100000
#define LIFE_STEPS 300 /* of a thread, where threads are born */
#define PATH_DEPTH 12
#define HOARD_FACTOR 256 /* how much larger blocks are */

static struct truth *truth;
static atomic_flag slot_locks[TRUTH_SLOTS];
static atomic_bool stopping;
static uint64_t seed;
static bool births, stacks, forks, marks, hoard;

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
  bool usual = random_next(state) % 256 || hoard;
  uint64_t steps = usual ? 1 + random_next(state) % 64 : 12000;
  return steps * (hoard ? HOARD_FACTOR : 1) * TRUTH_SIZE_STEP + TRUTH_SIZE_REST;
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

/* Memory that is not touched is nobody's. */
static void *touched(void *block, size_t size) {
  return block && hoard ? memset(block, 1, size) : block;
}

static void step(struct truth_intent *intent, uint32_t slot, uint64_t *state) {
  void *old = (void *)truth->slots[slot].address;
  uint64_t choice = random_next(state);
  size_t size = random_size(state);
  if (!old) {
    intent_begin(intent, TRUTH_ALLOCATE, slot, size);
    intent_end(intent, touched(allocate_somehow(choice, size), size));
  } else if (choice % 8 < 3 || (hoard && choice % 64)) {
    intent_begin(intent, TRUTH_RESIZE, slot, size);
    intent_end(intent, touched(realloc(old, size), size));
  } else {
    intent_begin(intent, TRUTH_FREE, slot, 0);
    free(old);
    intent_end(intent, NULL);
  }
}

/* Three functions that call each other in the order that path says: each path is a stack. */
static void walk(struct truth_intent *intent, uint32_t slot, uint64_t *state, uint64_t path);

#define TURN(name)                                                                                 \
  static __attribute__((noinline)) void name(struct truth_intent *intent, uint32_t slot,           \
                                             uint64_t *state, uint64_t path) {                     \
    walk(intent, slot, state, path);                                                               \
    __asm__ volatile(""); /* no jump instead of a call */                                          \
  }
TURN(turn_left)
TURN(turn_right)
TURN(turn_back)

static void walk(struct truth_intent *intent, uint32_t slot, uint64_t *state, uint64_t path) {
  switch (path % 4) {
  case 1:
    turn_left(intent, slot, state, path / 4);
    break;
  case 2:
    turn_right(intent, slot, state, path / 4);
    break;
  case 3:
    turn_back(intent, slot, state, path / 4);
    break;
  default:
    step(intent, slot, state);
  }
  __asm__ volatile("");
}

static uint64_t random_path(uint64_t *state) {
  return stacks ? random_next(state) % (1ull << 2 * PATH_DEPTH) : 0;
}

static void *run(void *data) {
  static _Atomic uint64_t lives;
  struct truth_intent *intent = data;
  uint64_t state = (seed + 1) * 0x9e3779b97f4a7c15ull + atomic_fetch_add(&lives, 1) + 1;
  for (int steps = 0; !atomic_load_explicit(&stopping, memory_order_relaxed); steps++) {
    uint64_t choice = random_next(&state);
    uint32_t slot = (uint32_t)(choice >> 8) % (choice & 1 ? HOT_SLOTS : TRUTH_SLOTS);
    if (births && steps > LIFE_STEPS)
      break;
    if (atomic_flag_test_and_set_explicit(&slot_locks[slot], memory_order_acquire))
      continue;
    walk(intent, slot, &state, random_path(&state));
    atomic_flag_clear_explicit(&slot_locks[slot], memory_order_release);
  }
  return NULL;
}

/* Lets one thread after the other do a truth's thread's part. */
static void *bear(void *data) {
  while (!atomic_load(&stopping)) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, data))
      truth_die("pthread_create");
    pthread_join(thread, NULL);
  }
  return NULL;
}

static void *fork_children(void *data) {
  while (!atomic_load(&stopping)) {
    pid_t pid = fork();
    if (!pid) {
      for (int times = 0; times < 100; times++)
        free(malloc(100));
      _exit(malloc(1000) == NULL);
    }
    if (pid < 0 || waitpid(pid, NULL, 0) != pid)
      truth_die("fork");
  }
  return data;
}

static void *put_marks(void *data) {
  while (!atomic_load(&stopping)) {
    seep_mark("truth", 1);
    usleep(200);
  }
  return data;
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

static void read_scenes(char **names) {
  static const struct {
    const char *name;
    bool *is_on;
  } scenes[] = {{"births", &births},
                {"stacks", &stacks},
                {"forks", &forks},
                {"marks", &marks},
                {"hoard", &hoard}};
  for (; *names; names++)
    for (size_t scene = 0; scene < sizeof scenes / sizeof *scenes; scene++)
      *scenes[scene].is_on |= !strcmp(*names, scenes[scene].name);
}

static void start(pthread_t *thread, void *(*function)(void *), void *data) {
  if (pthread_create(thread, NULL, function, data))
    truth_die("pthread_create");
}

int main(int count, char **arguments) {
  if (count < 5)
    return 2;
  read_scenes(arguments + 5);
  uint64_t threads = strtoull(arguments[2], NULL, 10);
  uint64_t microseconds = strtoull(arguments[3], NULL, 10);
  seed = strtoull(arguments[4], NULL, 10);
  pthread_t ids[TRUTH_THREADS], others[2];
  if (!threads || threads > TRUTH_THREADS)
    return 2;
  truth_map(arguments[1]);
  truth->threads = threads;
  if (microseconds)
    kill_after(microseconds);
  for (uint64_t thread = 0; thread < threads; thread++)
    start(&ids[thread], births ? bear : run, &truth->intents[thread]);
  if (forks)
    start(&others[0], fork_children, NULL);
  if (marks)
    start(&others[1], put_marks, NULL);
  usleep(microseconds ? 60000000 : ORDERLY_RUN_US);
  atomic_store(&stopping, true);
  for (uint64_t thread = 0; thread < threads; thread++)
    pthread_join(ids[thread], NULL);
  if (forks)
    pthread_join(others[0], NULL);
  if (marks)
    pthread_join(others[1], NULL);
  return microseconds ? 3 : 0; /* 3: the timer never fired */
}

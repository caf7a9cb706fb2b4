/* SPDX-License-Identifier: Apache-2.0
 *
 *     synthetic stacks DEPTH THREADS EVENTS    1,000 distinct stacks
 *     synthetic larson - THREADS EVENTS        random sizes into random places, as a server's work
 *     synthetic cfrac - THREADS EVENTS         numbers of a few words that live shortly, recursion
 *
 * EVENTS (allocations and frees) in each thread. Random numbers are the same in each run.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIVE 64 /* blocks of the ring that stacks keeps */
#define PLACES 1000
#define BRANCHES 10 /* call sites in each of the three levels at the stack's inner end */
#define INNER 5     /* frames from the first level to the allocation */

#ifdef __clang__
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE __attribute__((noinline, noclone))
#endif
/* Keeps a call from becoming a jump, and two calls from becoming one. */
#define STAY __asm__ volatile("" ::: "memory")

struct work {
  void (*run)(struct work *);
  long depth, events;
  uint32_t random;
  unsigned next;
  void *live[PLACES];
};

static uint32_t draw(struct work *work) {
  work->random ^= work->random << 13;
  work->random ^= work->random >> 17;
  work->random ^= work->random << 5;
  return work->random;
}

/* ---- 1,000 stacks: a chain of frames, then three levels of ten call sites each -----------------
 */

static NOINLINE void replace(struct work *work, size_t bytes) {
  void **place = &work->live[work->next++ % LIVE];
  free(*place);
  *place = malloc(bytes);
  STAY;
}

static NOINLINE void leaf(struct work *work, unsigned path) {
  replace(work, 16 + path % 7 * 24);
  replace(work, 40);
  work->events -= 4;
}

#define LEVEL(name, inner)                                                                         \
  static NOINLINE void name(struct work *work, unsigned path) {                                    \
    switch (path % BRANCHES) {                                                                     \
      SITE(0, inner)                                                                               \
      SITE(1, inner)                                                                               \
      SITE(2, inner)                                                                               \
      SITE(3, inner)                                                                               \
      SITE(4, inner) SITE(5, inner) SITE(6, inner) SITE(7, inner) SITE(8, inner) SITE(9, inner)    \
    }                                                                                              \
  }
#define SITE(number, inner)                                                                        \
  case number:                                                                                     \
    inner(work, path / BRANCHES);                                                                  \
    __asm__ volatile("# site " #number ::: "memory");                                              \
    break;

LEVEL(inner_level, leaf)
LEVEL(middle_level, inner_level)
LEVEL(outer_level, middle_level)

static NOINLINE void descend(struct work *work, long frames) {
  if (frames > 0)
    descend(work, frames - 1);
  else
    while (work->events > 0)
      outer_level(work, draw(work) % (BRANCHES * BRANCHES * BRANCHES));
  STAY;
}

static void run_stacks(struct work *work) {
  descend(work, work->depth - INNER);
}

/* ---- larson
 * -------------------------------------------------------------------------------------*/

static void run_larson(struct work *work) {
  for (; work->events > 0; work->events -= 2) {
    uint32_t random = draw(work);
    void **place = &work->live[random % PLACES];
    free(*place);
    *place = malloc(10 + random / PLACES % 490);
  }
}

/* ---- cfrac
 * --------------------------------------------------------------------------------------*/

static NOINLINE uint32_t *number_new(unsigned words) {
  uint32_t *number = malloc(words * sizeof *number);
  if (!number)
    abort();
  STAY;
  return number;
}

static NOINLINE uint32_t *number_add(const uint32_t *left, const uint32_t *right, unsigned words) {
  uint32_t *sum = number_new(words);
  uint64_t carry = 0;
  for (unsigned i = 0; i < words; i++) {
    carry += (uint64_t)left[i] + right[i];
    sum[i] = (uint32_t)carry;
    carry >>= 32;
  }
  return sum;
}

static NOINLINE uint32_t *number_fold(struct work *work, unsigned level) {
  work->events -= 2;
  if (level == 0 || work->events <= 0) {
    uint32_t *number = number_new(4);
    memset(number, (int)draw(work), 4 * sizeof *number);
    return number;
  }
  uint32_t *left = number_fold(work, level - 1), *right = number_fold(work, level - 1);
  uint32_t *sum = number_add(left, right, 4);
  free(left);
  free(right);
  return sum;
}

static void run_cfrac(struct work *work) {
  while (work->events > 0)
    free(number_fold(work, 6));
}

/* ---- threads
 * ------------------------------------------------------------------------------------*/

static void *run_thread(void *argument) {
  struct work *work = argument;
  work->run(work);
  for (int i = 0; i < PLACES; i++)
    free(work->live[i]);
  return NULL;
}

static void (*find(const char *pattern))(struct work *) {
  static const struct {
    const char *name;
    void (*run)(struct work *);
  } patterns[] = {{"stacks", run_stacks}, {"larson", run_larson}, {"cfrac", run_cfrac}};
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
    if (!strcmp(pattern, patterns[i].name))
      return patterns[i].run;
  return NULL;
}

#define THREADS_MOST 64

int main(int count, char **arguments) {
  static struct work works[THREADS_MOST];
  pthread_t threads[THREADS_MOST];
  int wanted = count == 5 ? atoi(arguments[3]) : 0;
  if (wanted < 1 || wanted > THREADS_MOST || !find(arguments[1])) {
    fprintf(stderr, "usage: synthetic stacks|larson|cfrac DEPTH THREADS EVENTS\n");
    return 2;
  }
  for (int i = 0; i < wanted; i++)
    works[i] = (struct work){.run = find(arguments[1]),
                             .depth = atol(arguments[2]),
                             .events = atol(arguments[4]),
                             .random = 2463534242u + (uint32_t)i};
  for (int i = 1; i < wanted; i++)
    if (pthread_create(&threads[i], NULL, run_thread, &works[i]))
      return 1;
  run_thread(&works[0]);
  for (int i = 1; i < wanted; i++)
    pthread_join(threads[i], NULL);
  return 0;
}

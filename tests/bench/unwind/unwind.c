/* SPDX-License-Identifier: Apache-2.0
 *
 * Nanoseconds per captured stack, by method, pattern and depth: CPU time of a thread, less that of
 * the same run without capture; methods take turns, the median of the rounds is printed.
 *
 *     bench_unwind [rounds]
 */
#include "capture.h"
#include "contexts.h"
#include "fallback.h"
#include "loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#define ROUNDS_MOST 101
#define CAPTURES 8000
#define SLOW_CAPTURES 100
#define FRAMES_MOST 4096

enum method { NONE, CAPTURE, BACKTRACE, STEPS, METHODS };
enum pattern {
  HOT,       /* the same stack again and again */
  WALK,      /* returns some levels, descends another way: about two frames change */
  RECURSION, /* at each level, on the way down and up */
  PATTERNS
};

static const char *const method_names[] = {"none", "capture", "unw_backtrace", "unw_step"};
static const char *const pattern_names[] = {"hot", "walk", "recursion"};

static struct capture *state;
static enum method method;
static enum pattern pattern;
static int depth, return_to;
static long left;
static void *addresses[FRAMES_MOST];
static volatile uint32_t result;
static uint64_t random_state;

static uint32_t random_number(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state >> 16);
}

static uint32_t count_steps(void) {
  unw_context_t context;
  unw_cursor_t cursor;
  uint32_t count = 0;
  unw_getcontext(&context);
  unw_init_local(&cursor, &context);
  while (unw_step(&cursor) > 0)
    count++;
  return count;
}

static __attribute__((noinline)) void hook(void) {
  struct capture_path path;
  uintptr_t pc, sp, rbp;
  left--;
  switch (method) {
  case CAPTURE:
    CAPTURE_HERE(pc, sp, rbp);
    capture_walk(state, pc, sp, rbp, &path);
    result = capture_resolve(state, &path);
    break;
  case BACKTRACE:
    result = (uint32_t)unw_backtrace(addresses, FRAMES_MOST);
    break;
  case STEPS:
    result = count_steps();
    break;
  default:
    break;
  }
}

/* ---- The stacks: eight functions with frames of different sizes ---------------------------- */

typedef void level_function(int level);
static level_function level_0, level_1, level_2, level_3, level_4, level_5, level_6, level_7;
static level_function *const levels[] = {level_0, level_1, level_2, level_3,
                                         level_4, level_5, level_6, level_7};

static void at_the_end(void) {
  do
    hook();
  while (pattern == HOT && left > 0);
  int up = 1;
  while (random_number() & 1 && up < 4)
    up++;
  return_to = left > 0 ? depth - up : 0;
}

static inline __attribute__((always_inline)) void descend(int level) {
  for (;;) {
    if (level >= depth) {
      at_the_end();
    } else {
      /* Half the choices near the end: some hundreds of stacks in all. */
      uint32_t way = level > depth - 5 ? random_number() & 1 : 0;
      if (pattern == RECURSION)
        hook();
      levels[((unsigned)level * 5 + way * 3) % 8](level + 1);
      if (pattern == RECURSION)
        hook();
    }
    if (pattern == RECURSION || return_to < level)
      return;
  }
}

#define LEVEL(number)                                                                              \
  static __attribute__((noinline)) void level_##number(int level) {                                \
    volatile char room[16 + number * 24];                                                          \
    room[0] = (char)level;                                                                         \
    descend(level);                                                                                \
    room[1] = room[0];                                                                             \
  }
LEVEL(0)
LEVEL(1)
LEVEL(2)
LEVEL(3)
LEVEL(4)
LEVEL(5)
LEVEL(6)
LEVEL(7)

/* ---- Time --------------------------------------------------------------------------------- */

static double cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double run(enum method with, long captures) {
  method = with;
  left = captures;
  random_state = 88172645463325252ull;
  double start = cpu_ns();
  while (left > 0) {
    return_to = depth;
    levels[0](1);
  }
  return (cpu_ns() - start) / (double)(captures - left);
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure(int rounds) {
  double times[METHODS][ROUNDS_MOST];
  for (int round = -1; round < rounds; round++) { /* one to warm up */
    for (enum method with = NONE; with < METHODS; with++) {
      long captures = with == STEPS ? SLOW_CAPTURES : CAPTURES;
      double bare = run(NONE, captures), ns = with == NONE ? bare : run(with, captures) - bare;
      if (round >= 0)
        times[with][round] = ns;
    }
  }
  printf("%-10s %5d", pattern_names[pattern], depth);
  for (enum method with = NONE; with < METHODS; with++) {
    qsort(times[with], (size_t)rounds, sizeof(double), compare);
    printf(" %14.1f", times[with][rounds / 2]);
  }
  printf("\n");
}

static bool start(void) {
  const struct capture_options options = {CAPTURE_AUTO, 0, 0};
  loader_find();
  capture_start(&options);
  if (!fallback_start(NULL) || !contexts_start())
    return false;
  capture_module_check(0);
  state = calloc(1, capture_state_bytes());
  if (state)
    capture_init(state);
  unw_set_caching_policy(unw_local_addr_space, UNW_CACHE_PER_THREAD);
  return state != NULL;
}

int main(int argc, char **argv) {
  static const int depths[] = {5, 20, 50, 200};
  int rounds = argc > 1 ? atoi(argv[1]) : 11;
  if (rounds < 1 || rounds > ROUNDS_MOST || !start())
    return 2;
  printf("%-10s %5s", "pattern", "depth");
  for (enum method with = NONE; with < METHODS; with++)
    printf(" %14s", method_names[with]);
  printf("   ns per capture\n");
  for (pattern = HOT; pattern < PATTERNS; pattern++)
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
      depth = depths[i];
      measure(rounds);
    }
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What callers of malloc rely on besides the memory.
 */
#include "hazards.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 50000

/* The first calls of a thread or of a child: the recorder begins anew in them. */
static void *call_first(void *changed) {
  errno = EXDEV;
  free(malloc(100));
  return errno == EXDEV ? NULL : changed;
}

static bool call_first_everywhere(void) {
  pthread_t thread;
  int status;
  void *changed;
  if (pthread_create(&thread, NULL, call_first, &status) || pthread_join(thread, &changed))
    return false;
  pid_t child = fork();
  if (!child)
    _exit(call_first(&status) != NULL);
  return !changed && child > 0 && waitpid(child, &status, 0) == child && !status;
}

/* Calls that succeed leave errno alone, also when the recorder writes its block out in them. */
int call_errno(const char *argument) {
  (void)argument;
  if (!call_first_everywhere())
    return hazard_fail("errno was changed at first");
  for (int round = 0; round < ROUNDS; round++) {
    errno = EXDEV;
    void *block = malloc((size_t)round % 1000);
    block = realloc(block, 2000);
    void *zeroes = calloc(3, (size_t)round % 100);
    free(block);
    free(zeroes);
    free(NULL);
    if (errno != EXDEV)
      return hazard_fail("errno was changed");
  }
  errno = 0;
  volatile size_t most = PTRDIFF_MAX, half = SIZE_MAX / 2;
  void *volatile block = malloc(most);
  if (block || errno != ENOMEM)
    return hazard_fail("malloc of too much");
  errno = 0;
  block = calloc(half, 4);
  return block || errno != ENOMEM ? hazard_fail("calloc of too much") : 0;
}

/* Prints the sum: it must be what the allocator alone gives. */
int call_usable_size(const char *argument) {
  (void)argument;
  size_t sum = 0;
  for (size_t bytes = 0; bytes < 5000; bytes++) {
    char *block = malloc(bytes);
    size_t usable = malloc_usable_size(block);
    if (usable < bytes)
      return hazard_fail("usable size too small");
    memset(block, 0xa5, usable);
    sum += usable;
    free(block);
  }
  printf("%zu\n", sum);
  return 0;
}

/* argument: rounds. */
int call_churn(const char *argument) {
  hazard_churn(*argument ? strtoull(argument, NULL, 10) : ROUNDS);
  puts("churned");
  return 0;
}

/* Of what other preloaded libraries stand in for: the date, files, the time that passes. */
int call_others(const char *argument) {
  (void)argument;
  char date[32];
  time_t now = time(NULL);
  FILE *file = tmpfile();
  strftime(date, sizeof date, "%F", gmtime(&now));
  hazard_churn(5000);
  if (!file || fputs(date, file) < 0 || fflush(file) || fsync(fileno(file)) || fclose(file))
    return hazard_fail("tmpfile");
  usleep(1000);
  puts(date);
  return 0;
}

/* Each frame is needed after the call: none of them is left out. */
static __attribute__((noinline)) long call_descend(long depth) {
  if (!depth)
    return malloc(777) != NULL;
  long found = call_descend(depth - 1);
  __asm__ volatile("" : "+r"(found));
  return found;
}

/* A block from so many frames below main. */
int call_deep(const char *argument) {
  return call_descend(atol(argument)) ? 0 : hazard_fail("malloc");
}

/* Mappings: one of 5 MiB stays, one of 6 goes, one of 7 shrinks to 3. */
int call_mappings(const char *argument) {
  const size_t mib = 1 << 20;
  char *maps[3];
  (void)argument;
  for (size_t nth = 0; nth < 3; nth++) {
    maps[nth] = mmap(NULL, (5 + nth) * mib, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (maps[nth] == MAP_FAILED)
      return hazard_fail("mmap");
  }
  return munmap(maps[1], 6 * mib) || mremap(maps[2], 7 * mib, 3 * mib, 0) == MAP_FAILED
             ? hazard_fail("munmap")
             : 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks that outlive a thread's buffer, so that each of their events is in the trace, and among
 * them some that are never freed: a trace that fills.
 */
#include "hazards.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FILL_PLACES 50000
#define FILL_THREADS 2
#define FILL_EARLY 1000 /* leaked before anything else, of a size of their own */
#define FILL_EARLY_BYTES 3000
#define FILL_EVERY 20 /* one block of so many is leaked */
#define FILL_LEAK_BYTES 100

static unsigned long fill_rounds;
static char *volatile fill_kept; /* so that nothing is thought unused */

static void fill_leak(size_t bytes) {
  fill_kept = malloc(bytes);
  if (!fill_kept)
    abort();
}

/* A generator of its own: rand would share a lock. */
static uint32_t fill_draw(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static void *fill_work(void *seed) {
  char **places = calloc(FILL_PLACES, sizeof *places);
  uint32_t state = (uint32_t)(uintptr_t)seed;
  for (unsigned long round = 0; places && round < fill_rounds; round++) {
    char **place = &places[fill_draw(&state) % FILL_PLACES];
    free(*place);
    *place = malloc(24 + fill_draw(&state) % 200);
    if (round % FILL_EVERY == 0)
      fill_leak(FILL_LEAK_BYTES);
  }
  for (size_t i = 0; places && i < FILL_PLACES; i++)
    free(places[i]);
  free(places);
  return NULL;
}

/* argument: rounds of each thread. Prints the blocks of FILL_LEAK_BYTES that stand in the end. */
int limit_fill(const char *argument) {
  pthread_t threads[FILL_THREADS];
  fill_rounds = *argument ? strtoul(argument, NULL, 10) : 1000000;
  for (int i = 0; i < FILL_EARLY; i++)
    fill_leak(FILL_EARLY_BYTES);
  for (uintptr_t i = 0; i < FILL_THREADS; i++)
    if (pthread_create(&threads[i], NULL, fill_work, (void *)(i + 1)))
      return hazard_fail("pthread_create");
  for (int i = 0; i < FILL_THREADS; i++)
    pthread_join(threads[i], NULL);
  printf("%lu\n", FILL_THREADS * ((fill_rounds + FILL_EVERY - 1) / FILL_EVERY));
  return 0;
}

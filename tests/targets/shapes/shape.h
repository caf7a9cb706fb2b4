/* SPDX-License-Identifier: Apache-2.0
 *
 * A shape: a small program whose memory stands in one way over its run, and which knows what should
 * be said of it. shape_run runs its units of work, puts a mark after each share of them through
 * seep.h, and prints the truth as one line of JSON:
 *
 *   {"shape":…,"units":…,"marks":…,"sites":[{"function":…,"verdicts":[…],"blocks_per_unit":…}]}
 *
 * verdicts are the words that are right, the best first. Functions that are sites are SHAPE_SITE,
 * so that the compiler keeps each as the frame that it is.
 */
#ifndef SHAPE_H
#define SHAPE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SHAPE_SITE __attribute__((noinline))
#define SHAPE_SITES 4

struct shape_site {
  const char *function;   /* NULL: no more sites */
  const char *verdicts;   /* words with spaces between them */
  double blocks_per_unit; /* that leak */
};

struct shape {
  const char *name;
  void (*start)(uint64_t units); /* NULL: nothing; before the first mark */
  void (*unit)(uint64_t number); /* from 0 */
  void (*stop)(void);            /* NULL: nothing; after the last mark */
  struct shape_site sites[SHAPE_SITES];
};

/* Reads --units N and --marks N; returns what main returns. */
int shape_run(const struct shape *shape, int count, char **arguments);

/* A number below limit, the same in each run. Any thread, each with a state of its own. */
uint64_t shape_random(uint64_t *state, uint64_t limit);

/* Writes to a fresh block and returns it; NULL ends the program. The call that allocates stays with
 * its site. */
void *shape_filled(void *block, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif

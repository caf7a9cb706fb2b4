/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"
#include "actor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define GENERATIONS 3
#define CHILD_TURNS 700

static unsigned generation;

static void live_and_end(void) {
  generation++;
  actor_live_in_child(CHILD_TURNS >> generation);
  if (getpid() % 2)
    _exit(0); /* the stage has what was not drained */
  exit(0);
}

void child_fork(void) {
  if (generation == GENERATIONS)
    return;
  pid_t child = fork();
  if (child == 0)
    live_and_end();
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  if (child > 0 && status == 0)
    return;
  fprintf(stderr, "race: a child ended with status %x\n", (unsigned)status);
  _exit(3);
}

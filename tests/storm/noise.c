/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals whose handlers allocate, and marks.
 */
#include "actors.h"

#include <errno.h>
#include <seep/seep.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIGNAL_BLOCKS 64

static void *_Atomic signal_blocks[SIGNAL_BLOCKS];

/* Where the allocator does not allow more, a handler only frees and allocates in a thread that
 * says that it is at rest. */
static _Thread_local volatile sig_atomic_t at_rest;

static void handle(int number) {
  int saved = errno;
  static _Atomic uint64_t calls;
  uint64_t chance = atomic_fetch_add(&calls, 1) * 0x9e3779b97f4a7c15ull >> 20;
  (void)number;
  if (actors_options.anywhere || at_rest)
    for (int times = 0; times < 4; times++, chance += 0x10007)
      block_free(atomic_exchange(&signal_blocks[chance % SIGNAL_BLOCKS],
                                 block_new(STORM_SIGNAL, chance >> 8)));
  errno = saved;
}

void signal_start(void) {
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  if (sigaction(SIGUSR1, &action, NULL))
    block_die("sigaction");
}

void signal_turn(struct actor *actor) {
  for (int times = 0; times < 20; times++) {
    pid_t tid = actors_any_tid(block_chance(&actor->chance));
    if (tid)
      syscall(SYS_tgkill, getpid(), tid, SIGUSR1);
    at_rest = 1;
    usleep((useconds_t)(block_chance(&actor->chance) % 200));
    at_rest = 0;
  }
}

void mark_turn(struct actor *actor) {
  if (&seep_put_mark)
    seep_put_mark("storm", block_chance(&actor->chance) % 100);
  at_rest = 1;
  usleep(50000);
  at_rest = 0;
}

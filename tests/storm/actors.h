/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes on in a storm: each actor is a thread that does one turn after the other until the
 * storm ends, then frees half of what it has and leaves the rest.
 */
#ifndef STORM_ACTORS_H
#define STORM_ACTORS_H

#include "block.h"

#include <sys/types.h>

struct actor {
  const char *name;
  uint64_t chance; /* state of block_chance */
  _Atomic pid_t tid;
};

struct actors_options {
  bool anywhere; /* the allocator allows handlers to allocate wherever they come */
  bool children; /* forked children are recorded, too: fewer of them */
  const char *plugins[2];
};
extern struct actors_options actors_options;
extern atomic_bool actors_stopping;

/* One turn each; chance: at will. */
void churn_turn(struct actor *actor);
void exchange_turn(struct actor *actor);
void resize_turn(struct actor *actor);
void throw_turn(struct actor *actor);
void plugin_turn(struct actor *actor);
void victim_turn(struct actor *actor);
void child_turn(struct actor *actor);
void mark_turn(struct actor *actor);
/* Sends a signal to an actor. */
void signal_turn(struct actor *actor);

void signal_start(void);
void victim_start(void);
/* Who may be sent signals; they go to a thread for as long as it stands here. */
pid_t actors_any_tid(uint64_t chance);

#endif

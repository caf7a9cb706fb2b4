/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns of actors that allocate and free: alone, with each other, in libraries, under exceptions.
 */
#include "actors.h"
#include "throw.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define CHURN_BLOCKS 64
#define SHARED_BLOCKS 2048
#define PLUGIN_BLOCKS 512

void churn_turn(struct actor *actor) {
  static _Thread_local void *blocks[CHURN_BLOCKS];
  for (int times = 0; times < 100; times++) {
    uint64_t chance = block_chance(&actor->chance);
    void **block = &blocks[chance % CHURN_BLOCKS];
    block_free(*block);
    *block = chance >> 8 & 1 ? block_new(STORM_CHURN, chance >> 16) : NULL;
  }
}

/* Leaves a block where another actor finds it, and frees what was there. */
void exchange_turn(struct actor *actor) {
  static void *_Atomic shared[SHARED_BLOCKS];
  for (int times = 0; times < 50; times++) {
    uint64_t chance = block_chance(&actor->chance);
    void *block = chance >> 12 & 3 ? block_new(STORM_EXCHANGE, chance >> 16) : NULL;
    block_free(atomic_exchange(&shared[chance % SHARED_BLOCKS], block));
  }
}

void resize_turn(struct actor *actor) {
  static void *_Atomic shared[SHARED_BLOCKS / 4];
  for (int times = 0; times < 50; times++) {
    uint64_t chance = block_chance(&actor->chance);
    void *_Atomic *place = &shared[chance % (SHARED_BLOCKS / 4)];
    void *block = atomic_exchange(place, NULL);
    if (!block)
      block = block_new(STORM_RESIZE, chance >> 16);
    else if (chance >> 12 & 3)
      block = block_resize(block, chance >> 16);
    block_free(atomic_exchange(place, block));
  }
}

void *storm_throw_new(unsigned long chance) {
  return block_new(STORM_THROW, chance);
}

void storm_throw_free(void *block) {
  block_free(block);
}

void throw_turn(struct actor *actor) {
  uint64_t chance = block_chance(&actor->chance);
  storm_throw(chance % 20, chance >> 8);
}

/* Loads one of two libraries, allocates there, unloads it: its blocks stay for a while. */
void plugin_turn(struct actor *actor) {
  static void *blocks[PLUGIN_BLOCKS];
  uint64_t chance = block_chance(&actor->chance);
  unsigned which = chance >> 20 & 1;
  void *library = dlopen(actors_options.plugins[which], RTLD_NOW | RTLD_LOCAL);
  void *(*allocate)(size_t) = library ? (void *(*)(size_t))dlsym(library, "plugin_allocate") : NULL;
  if (!allocate)
    block_die(dlerror());
  for (int times = 0; times < 8; times++) {
    chance = block_chance(&actor->chance);
    size_t size = block_size(which ? STORM_PLUGIN_B : STORM_PLUGIN_A, chance >> 16);
    void **block = &blocks[chance % PLUGIN_BLOCKS];
    block_free(*block);
    *block = block_enter(allocate(size), size);
  }
  dlclose(library);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What a race writes down of itself, in a shared file, for its checker: who allocated how many
 * blocks, and which of them were freed. The allocator behind the recorder's hooks hands out
 * addresses without memory, so an address can say who allocated the block and as its how many-th,
 * and a size from where.
 *
 * Everything in it is written with relaxed atomics: they order nothing, so that the race detector
 * sees of the recorder's threads no order but the one that the recorder makes.
 */
#ifndef RACE_H
#define RACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define RACE_MAGIC 0x31454341524545ull
#define RACE_ACTORS 4096u  /* actor 0 is nobody */
#define RACE_BLOCKS 65536u /* of an actor, at most */
#define RACE_SITES 4096u
#define RACE_MARKS 4096u

/* An address: RACE_BASE | actor << 20 | block << 4. */
#define RACE_BASE (1ull << 44)
static inline uint64_t race_address(uint32_t actor, uint32_t block) {
  return RACE_BASE | (uint64_t)actor << 20 | (uint64_t)block << 4;
}
static inline bool race_is_block(uint64_t address) {
  return address >> 32 == RACE_BASE >> 32 && address % 16 == 0;
}
static inline uint32_t race_actor_of(uint64_t address) {
  return (uint32_t)(address >> 20) % RACE_ACTORS;
}
static inline uint32_t race_block_of(uint64_t address) {
  return (uint32_t)(address >> 4) % RACE_BLOCKS;
}

/* A size: 1 + the way by which it was allocated, and RACE_WIDE, or not. */
#define RACE_SITE_BITS 12
#define RACE_TWO_SITES (1u << 24) /* the way leads over a second site */
#define RACE_PLUGIN (1u << 25)    /* and over a library that is loaded and unloaded */
#define RACE_WAY ((1u << 26) - 1)
#define RACE_WIDE (1ull << 40)

enum race_kind {
  RACE_RECORDED = 1,
  RACE_NESTED, /* a signal handler inside of hooks: nothing of it is recorded, all is counted */
  RACE_POOLED, /* blocks that seep/seep.h tells of */
  RACE_CLIENT, /* in an attached process: calls by words that are patched */
  RACE_DIRECT, /* there: calls the hooks themselves, whether it is recorded or not */
};

struct race_actor {
  _Atomic uint32_t kind; /* 0: there is no such actor */
  _Atomic uint32_t pid, tid;
  _Atomic uint32_t begun; /* allocations that were begun; 0 … begun - 1 */
  _Atomic uint32_t done;  /* allocations that were recorded when this was written */
  _Atomic uint64_t freed[RACE_BLOCKS / 64];
};

struct race_truth {
  uint64_t magic;
  _Atomic uint32_t actors; /* numbers given out */
  _Atomic uint32_t pid;    /* of the first process */
  _Atomic uint32_t marks;
  _Atomic uint32_t ending;           /* the process has begun to end */
  _Atomic uint64_t mark[RACE_MARKS]; /* stamps */
  uint64_t site[RACE_SITES];         /* return addresses, from the program's load address on */
  struct race_actor actor[RACE_ACTORS];
};

#endif

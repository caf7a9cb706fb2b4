/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process really asked of its allocator, counted by a library that is preloaded behind the
 * recorder, and therefore sees the very calls that the recorder passed on. It knows nothing of the
 * recorder but where its code stands, and shares no code with it but direct system calls.
 *
 * Each image of a process (from its start, a fork or an exec on) has a page of its own, a file
 * mapped MAP_SHARED in the directory that SEEP_LEDGER names: whatever ends the process, the last
 * call that returned is in it.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdint.h>

#define LEDGER_MAGIC 0x72656764656c7065ull
#define LEDGER_VARIABLE "SEEP_LEDGER"
#define LEDGER_NAME_BYTES 16

struct ledger_figures { /* a realloc is a free and an allocation */
  uint64_t allocations, allocated_bytes;
  uint64_t frees, freed_bytes; /* of blocks that this image allocated, and: */
  uint64_t unknown_frees;      /* of others: had from its parent, or taken by the recorder */
};

struct ledger {
  uint64_t magic;
  uint32_t pid; /* in its own namespace */
  uint32_t forked;
  uint64_t start_ns; /* CLOCK_REALTIME at its first call */
  char name[LEDGER_NAME_BYTES];
  struct ledger_figures now;
  struct ledger_figures recorder; /* calls that the recorder itself caused: none of the target's */
  uint64_t given_back, given_back_bytes; /* blocks of the target, freed by such calls */
  /* Right before the recorder's own end, and right behind it, if that came. What other threads do
   * between the two may be recorded or not. */
  uint32_t is_ending, is_over;
  struct ledger_figures before_end, after_end;
  uint64_t reallocs; /* of the target's: each is a free and an allocation in now */
};

#endif

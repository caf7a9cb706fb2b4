/* SPDX-License-Identifier: Apache-2.0
 *
 * From a code address to its rule: a cache of 8-byte entries, shared by all threads, filled lazily
 * by compare-and-swap and read with one load as a rule.
 *
 *     entry: low 37 bits of the hashed address << 27 | rule;   0: free
 *
 * The hash is a bijection of 47-bit addresses whose top bits (at least 10) choose the line of eight
 * entries, so an entry names its address exactly.
 *
 * Rules are dropped when modules came or went. No stale rule can be put back by a thread that
 * computed it before: it asks for addresses on its own stack, so their module stays loaded until
 * after it has put the rule.
 */
#ifndef SEEP_RULES_H
#define SEEP_RULES_H

#include "rule.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define RULES_ADDRESS_BITS 47
#define RULES_TAG_BITS 37
#define RULES_WAYS 8

struct rules_table {
  uint32_t shift; /* of a hash, to its line */
  _Atomic uint32_t used;
  uint64_t zero[7];
  _Atomic uint64_t entries[][RULES_WAYS];
};
_Static_assert(RULES_TAG_BITS + RULE_BITS <= 64, "entry");

extern struct rules_table *_Atomic rules_table;

/* false: no memory. Needs cfi_start and tenants_start. */
bool rules_start(void);
/* Forgets all rules. Any thread. */
void rules_drop(void);
/* In a forked child: the table may have been growing in another thread. */
void rules_restart(void);
/* Computes a rule and puts it in the cache. */
uint32_t rules_compute(uintptr_t address);

static inline uint64_t rules_hash(uintptr_t address) {
  return address * 0x9e3779b97f4a7c15ull & ((1ull << RULES_ADDRESS_BITS) - 1);
}

static inline unsigned rules_way(uint64_t hash) {
  return hash >> 7 & (RULES_WAYS - 1);
}

/* The rule of a code address (of a call: the address of its last byte). */
static inline __attribute__((always_inline)) uint32_t rules_get(uintptr_t address) {
  uint64_t hash = rules_hash(address);
  uint64_t tag = hash & ((1ull << RULES_TAG_BITS) - 1);
  struct rules_table *table = atomic_load_explicit(&rules_table, memory_order_acquire);
  _Atomic uint64_t *line = table->entries[hash >> table->shift];
  unsigned way = rules_way(hash);
  if (__builtin_expect(address >> RULES_ADDRESS_BITS != 0, 0))
    return rules_compute(address);
  for (unsigned i = 0; i < RULES_WAYS; i++) {
    uint64_t entry = atomic_load_explicit(&line[(way + i) % RULES_WAYS], memory_order_relaxed);
    if (__builtin_expect(entry >> RULE_BITS == tag && entry != 0, 1))
      return entry & ((1u << RULE_BITS) - 1);
    if (entry == 0)
      break;
  }
  return rules_compute(address);
}

#endif

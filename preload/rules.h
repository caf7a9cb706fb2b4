/* SPDX-License-Identifier: Apache-2.0
 *
 * From a code address to its rule: a cache of 8-byte entries, shared by all threads, filled lazily
 * by compare-and-swap and read with one load as a rule.
 *
 *     entry: low 37 bits of the hashed address << 27 | rule;   0: free
 *
 * The hash is a bijection of 47-bit addresses whose top bits (at least 10) choose the line of eight
 * entries, so an entry names its address exactly. A table that has grown begins empty, and takes a
 * rule that it is asked for from the one before it.
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
  struct rules_table *older; /* the one that this replaced, or NULL */
  uint64_t zero[6];
  _Atomic uint64_t entries[][RULES_WAYS];
};
_Static_assert(RULES_TAG_BITS + RULE_BITS <= 64, "entry");

extern struct rules_table *_Atomic rules_table __attribute__((visibility("hidden")));

/* false: no memory. Needs cfi_start and tenants_start. */
bool rules_start(void);
/* Forgets all rules. Any thread. */
void rules_drop(void);
/* In a forked child: the table may have been growing in another thread. */
void rules_restart(void);
/* The rule of an address that rules_get did not find: computes it, and puts it in the cache. */
uint32_t rules_compute(uintptr_t address);

/* In the top 47 bits. */
static inline uint64_t rules_hash(uintptr_t address) {
  return address * 0x9e3779b97f4a7c15ull << (64 - RULES_ADDRESS_BITS);
}

/* An entry without its rule. */
static inline uint64_t rules_tag(uint64_t hash) {
  return hash << (RULES_ADDRESS_BITS - RULES_TAG_BITS);
}

static inline _Atomic uint64_t *rules_line(struct rules_table *table, uint64_t hash) {
  return table->entries[hash >> table->shift];
}

/* The entry of a line where a hash is looked for first. */
static inline unsigned rules_way(uint64_t hash) {
  return hash >> 24 & (RULES_WAYS - 1);
}

/* The rule in a table, or 0. */
static inline __attribute__((always_inline)) uint32_t rules_find(struct rules_table *table,
                                                                 uint64_t hash) {
  _Atomic uint64_t *line = rules_line(table, hash);
  uint64_t tag = rules_tag(hash);
  unsigned way = rules_way(hash);
  for (unsigned i = 0; i < RULES_WAYS; i++) {
    uint64_t entry = atomic_load_explicit(&line[(way + i) % RULES_WAYS], memory_order_relaxed);
    uint64_t rule = entry ^ tag;
    if (__builtin_expect(rule - 1 < (1u << RULE_BITS) - 1, 1))
      return (uint32_t)rule;
    if (entry == 0)
      break;
  }
  return 0;
}

/* The rule of a code address (of a call: the address of its last byte), which is below 2^47. */
static inline __attribute__((always_inline)) uint32_t rules_get(uintptr_t address) {
  struct rules_table *table = atomic_load_explicit(&rules_table, memory_order_acquire);
  uint32_t rule = rules_find(table, rules_hash(address));
  return __builtin_expect(rule != 0, 1) ? rule : rules_compute(address);
}

#endif

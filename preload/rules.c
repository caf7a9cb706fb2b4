/* SPDX-License-Identifier: Apache-2.0 */
#include "rules.h"

#include "arena.h"
#include "cfi.h"
#include "sys.h"
#include "tenants.h"

#include <stddef.h>
#include <sys/mman.h>

#define START_LINE_BITS 10u /* 64 KiB */
#define MOST_LINE_BITS 16u  /* 4 MiB */

struct rules_table *_Atomic rules_table;
static _Atomic uint32_t growing;

static uint32_t line_bits(const struct rules_table *table) {
  return 64 - table->shift;
}

static size_t table_bytes(uint32_t bits) {
  return sizeof(struct rules_table) + (sizeof(uint64_t[RULES_WAYS]) << bits);
}

static bool table_make(uint32_t bits, struct rules_table *older) {
  struct rules_table *made = arena_map(table_bytes(bits));
  if (!made)
    return false;
  made->shift = 64 - bits;
  made->older = older;
  atomic_store_explicit(&rules_table, made, memory_order_release);
  return true;
}

bool rules_start(void) {
  return table_make(START_LINE_BITS, NULL);
}

void rules_restart(void) {
  atomic_store_explicit(&growing, 0, memory_order_relaxed);
}

static void clear(struct rules_table *table) {
  for (size_t line = 0; line < (size_t)1 << line_bits(table); line++)
    for (unsigned way = 0; way < RULES_WAYS; way++)
      atomic_store_explicit(&table->entries[line][way], 0, memory_order_relaxed);
  atomic_store_explicit(&table->used, 0, memory_order_relaxed);
}

void rules_drop(void) {
  struct rules_table *table = atomic_load_explicit(&rules_table, memory_order_acquire);
  clear(table);
  if (table->older)
    clear(table->older);
}

/* The lines go back to the kernel and read as empty to a thread that is still looking there; the
 * head stays as it was. */
static void release(struct rules_table *table) {
  sys_call3(SYS_madvise, (char *)table + 4096, table_bytes(line_bits(table)) - 4096, MADV_DONTNEED);
}

/* A table of twice the size, empty. */
static void grow(struct rules_table *old) {
  uint32_t bits = line_bits(old);
  if (bits >= MOST_LINE_BITS || atomic_exchange_explicit(&growing, 1, memory_order_acquire))
    return;
  bool current = atomic_load_explicit(&rules_table, memory_order_relaxed) == old;
  if (current && table_make(bits + 1, old) && old->older)
    release(old->older);
  atomic_store_explicit(&growing, 0, memory_order_release);
}

/* A line that is full loses an entry: it will be computed again. */
static void put(struct rules_table *table, uint64_t hash, uint32_t rule) {
  uint64_t entry = rules_tag(hash) | rule;
  _Atomic uint64_t *line = rules_line(table, hash);
  unsigned way = rules_way(hash);
  for (unsigned i = 0; i < RULES_WAYS; i++) {
    uint64_t found = 0;
    if (atomic_compare_exchange_strong(&line[(way + i) % RULES_WAYS], &found, entry)) {
      atomic_fetch_add_explicit(&table->used, 1, memory_order_relaxed);
      return;
    }
    if (found >> RULE_BITS == entry >> RULE_BITS)
      return;
  }
  atomic_store_explicit(&line[way], entry, memory_order_relaxed);
}

static uint32_t compute(uintptr_t address) {
  struct cfi_object object;
  if (!cfi_object_find(address, &object))
    return rule_make(RULE_GUESS, 0, 0);
  uint32_t rule = cfi_object_rule(&object, address);
  return tenants_is_later(object.start, object.stop, address) ? rule | RULE_SALTED : rule;
}

__attribute__((noinline, cold)) uint32_t rules_compute(uintptr_t address) {
  struct rules_table *table = atomic_load_explicit(&rules_table, memory_order_acquire);
  uint64_t hash = rules_hash(address);
  if (address >> RULES_ADDRESS_BITS)
    return compute(address);
  uint32_t rule = table->older ? rules_find(table->older, hash) : 0;
  if (rule == 0)
    rule = compute(address);
  put(table, hash, rule);
  /* Lines of eight begin to overflow when a third is used. */
  uint32_t entries = RULES_WAYS << line_bits(table);
  if (atomic_load_explicit(&table->used, memory_order_relaxed) > entries * 3 / 10)
    grow(table);
  return rule;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries of the maps stay when nothing waits at their address any more (with the value 1): an
 * address that changed hands once does so again.
 */
#include "analysis/debts.h"
#include "analysis/array.h"

void debts_init(struct debts *debts) {
  *debts = (struct debts){0};
}

void debts_release(struct debts *debts) {
  keymap_release(&debts->frees);
  keymap_release(&debts->blocks);
  free(debts->pool);
}

/* The value of address's entry, made when there is none; NULL: no memory. */
static uint32_t *debts_entry(struct keymap *map, uint64_t address) {
  uint32_t *value = keymap_find(map, address + 1);
  if (value)
    return value;
  return keymap_add(map, address + 1, 1) ? keymap_find(map, address + 1) : NULL;
}

bool debts_add_free(struct debts *debts, uint64_t address) {
  uint32_t *value = debts_entry(&debts->frees, address);
  if (!value)
    return false;
  if (*value < UINT32_MAX) {
    ++*value;
    debts->free_count++;
  }
  return true;
}

bool debts_take_free(struct debts *debts, uint64_t address) {
  uint32_t *value = debts->free_count ? keymap_find(&debts->frees, address + 1) : NULL;
  if (!value || *value <= 1)
    return false;
  --*value;
  debts->free_count--;
  return true;
}

/* Index + 1 of an entry of the pool that is not in use; 0: no memory. */
static uint32_t debts_entry_unused(struct debts *debts) {
  uint32_t entry = debts->unused;
  if (entry) {
    debts->unused = debts->pool[entry - 1].next;
    return entry;
  }
  if (debts->pool_count >= UINT32_MAX - 2 ||
      !array_reserve(&debts->pool, &debts->pool_capacity, debts->pool_count + 1,
                     sizeof *debts->pool))
    return 0;
  return (uint32_t)++debts->pool_count;
}

bool debts_add_block(struct debts *debts, const struct live_block *block) {
  uint32_t *value = debts_entry(&debts->blocks, block->address);
  uint32_t entry = value ? debts_entry_unused(debts) : 0;
  if (!entry)
    return false;
  debts->pool[entry - 1] = (struct debts_block){*block, *value - 1};
  *value = entry + 1;
  debts->block_count++;
  return true;
}

bool debts_take_block(struct debts *debts, uint64_t address, struct live_block *block) {
  uint32_t *value = debts->block_count ? keymap_find(&debts->blocks, address + 1) : NULL;
  if (!value || *value <= 1)
    return false;
  uint32_t entry = *value - 1;
  struct debts_block *taken = &debts->pool[entry - 1];
  *block = taken->block;
  *value = taken->next + 1;
  taken->next = debts->unused;
  taken->block.place = 0;
  debts->unused = entry;
  debts->block_count--;
  return true;
}

bool debts_take_any(struct debts *debts, size_t *from, struct live_block *block) {
  for (; *from < debts->pool_count; ++*from)
    if (debts->pool[*from].block.place)
      return debts_take_block(debts, debts->pool[*from].block.address, block);
  return false;
}

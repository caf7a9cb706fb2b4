/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/waiting.h"
#include <stdlib.h>

void waiting_init(struct waiting *waiting) {
  *waiting = (struct waiting){0};
}

void waiting_release(struct waiting *waiting) {
  free(waiting->entries);
  *waiting = (struct waiting){0};
}

static struct waiting_entry *waiting_at(const struct waiting *waiting, size_t index) {
  return &waiting->entries[(waiting->first + index) % waiting->capacity];
}

static bool waiting_grow(struct waiting *waiting) {
  size_t capacity = waiting->capacity ? waiting->capacity * 2 : 16;
  struct waiting_entry *entries = reallocarray(NULL, capacity, sizeof *entries);
  if (!entries)
    return false;
  for (size_t i = 0; i < waiting->count; i++)
    entries[i] = *waiting_at(waiting, i);
  free(waiting->entries);
  waiting->entries = entries;
  waiting->capacity = capacity;
  waiting->first = 0;
  return true;
}

bool waiting_push(struct waiting *waiting, const struct waiting_entry *entry) {
  if (waiting->count == waiting->capacity && !waiting_grow(waiting))
    return false;
  *waiting_at(waiting, waiting->count++) = *entry;
  return true;
}

bool waiting_take(struct waiting *waiting, uint64_t address, uint32_t thread,
                  struct waiting_entry *out) {
  for (size_t i = 0; i < waiting->count; i++) {
    struct waiting_entry *entry = waiting_at(waiting, i);
    if (entry->taken || entry->block.address != address || entry->thread == thread)
      continue;
    *out = *entry;
    entry->taken = true;
    return true;
  }
  return false;
}

bool waiting_expire(struct waiting *waiting, uint64_t stamp, struct waiting_entry *out) {
  while (waiting->count) {
    struct waiting_entry *entry = waiting_at(waiting, 0);
    if (!entry->taken && entry->since >= stamp)
      return false;
    *out = *entry;
    waiting->first = (waiting->first + 1) % waiting->capacity;
    waiting->count--;
    if (!out->taken)
      return true;
  }
  return false;
}

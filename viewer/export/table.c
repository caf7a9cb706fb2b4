/* SPDX-License-Identifier: Apache-2.0 */
#include "export/table.h"
#include "analysis/array.h"
#include <string.h>

/* FNV-1a: keys are short, and nobody waits for an export as for a malloc. */
static uint64_t table_hash(const void *key, size_t bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const unsigned char *at = key; bytes--; at++)
    hash = (hash ^ *at) * 0x100000001b3u;
  return hash ^ hash >> 32;
}

static bool table_grow(struct table *table) {
  size_t slot_count = table->slot_count ? table->slot_count * 2 : 64;
  uint32_t *slots = calloc(slot_count, sizeof *slots);
  if (!slots)
    return false;
  for (uint32_t number = 0; number < table->count; number++) {
    size_t at = table->keys[number].hash & (slot_count - 1);
    while (slots[at])
      at = (at + 1) & (slot_count - 1);
    slots[at] = number + 1;
  }
  free(table->slots);
  table->slots = slots;
  table->slot_count = slot_count;
  return true;
}

static void *table_copy(const void *key, size_t bytes) {
  char *copy = malloc(bytes + 1);
  if (!copy)
    return NULL;
  memcpy(copy, key, bytes);
  copy[bytes] = '\0';
  return copy;
}

static bool table_add(struct table *table, size_t slot, const struct table_key *key) {
  if (table->count >= UINT32_MAX - 1 ||
      !array_reserve(&table->keys, &table->capacity, table->count + 1, sizeof *key))
    return false;
  void *copy = table_copy(key->bytes, key->count);
  if (!copy)
    return false;
  table->keys[table->count] = (struct table_key){copy, key->count, key->hash};
  table->slots[slot] = (uint32_t)++table->count;
  return true;
}

uint32_t table_number(struct table *table, const void *key, size_t bytes) {
  struct table_key wanted = {(void *)key, bytes, table_hash(key, bytes)};
  if (table->failed)
    return 0;
  if (table->count * 2 >= table->slot_count && !table_grow(table)) {
    table->failed = true;
    return 0;
  }
  size_t at = wanted.hash & (table->slot_count - 1);
  for (; table->slots[at]; at = (at + 1) & (table->slot_count - 1)) {
    const struct table_key *there = &table->keys[table->slots[at] - 1];
    if (there->hash == wanted.hash && there->count == bytes && !memcmp(there->bytes, key, bytes))
      return table->slots[at] - 1;
  }
  table->failed = !table_add(table, at, &wanted);
  return table->failed ? 0 : table->slots[at] - 1;
}

uint32_t table_text(struct table *table, const char *text) {
  return table_number(table, text, strlen(text));
}

const void *table_key(const struct table *table, uint32_t number) {
  return number < table->count ? table->keys[number].bytes : NULL;
}

void table_release(struct table *table) {
  for (size_t i = 0; i < table->count; i++)
    free(table->keys[i].bytes);
  free(table->keys);
  free(table->slots);
  *table = (struct table){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "dictionary.h"

#include <string.h>

void dictionary_clear(struct workspace *workspace) {
  workspace->context_count = 0;
  memset(workspace->context_table, 0, sizeof workspace->context_table);
}

uint16_t dictionary_place(struct workspace *workspace, uint32_t context) {
  uint32_t at = context * 0x9e3779b1u >> 17;
  for (;; at = (at + 1) % WORKSPACE_TABLE) {
    uint16_t place = workspace->context_table[at];
    if (!place)
      break;
    if (workspace->contexts[place - 1] == context)
      return (uint16_t)(place - 1);
  }
  uint32_t place = workspace->context_count++;
  workspace->contexts[place] = context;
  workspace->temporary[place] = 0;
  workspace->bytes[place] = 0;
  workspace->context_table[at] = (uint16_t)(place + 1);
  return (uint16_t)place;
}

static void sort_by_insertion(uint64_t *keys, uint32_t count) {
  for (uint32_t i = 1; i < count; i++) {
    uint64_t key = keys[i];
    uint32_t at = i;
    for (; at && keys[at - 1] > key; at--)
      keys[at] = keys[at - 1];
    keys[at] = key;
  }
}

/* By the four bytes of the id, least first; ends in keys. */
static void sort_by_digits(uint64_t *keys, uint64_t *other, uint32_t count) {
  for (int shift = 16; shift < 48; shift += 8) {
    uint32_t starts[257] = {0};
    for (uint32_t i = 0; i < count; i++)
      starts[(keys[i] >> shift & 255) + 1]++;
    for (int digit = 0; digit < 256; digit++)
      starts[digit + 1] += starts[digit];
    for (uint32_t i = 0; i < count; i++)
      other[starts[keys[i] >> shift & 255]++] = keys[i];
    uint64_t *swap = keys;
    keys = other;
    other = swap;
  }
}

void dictionary_sort(struct workspace *workspace) {
  uint32_t count = workspace->context_count;
  uint64_t *keys = workspace->sort[0];
  for (uint32_t place = 0; place < count; place++)
    keys[place] = (uint64_t)workspace->contexts[place] << 16 | place;
  if (count < 64)
    sort_by_insertion(keys, count);
  else
    sort_by_digits(keys, workspace->sort[1], count);
  for (uint32_t index = 0; index < count; index++)
    workspace->rank[keys[index] & 0xffff] = (uint16_t)index;
}

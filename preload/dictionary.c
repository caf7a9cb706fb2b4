/* SPDX-License-Identifier: Apache-2.0 */
#include "dictionary.h"

#include <string.h>

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

void dictionary_clear(struct workspace *workspace) {
  workspace->context_count = 0;
  memset(workspace->context_table, 0, sizeof *workspace->context_table << workspace->table_bits);
}

uint16_t dictionary_enter(struct workspace *workspace, uint32_t at, uint32_t context) {
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

static void sort_by_digit(const uint64_t *keys, uint64_t *sorted, uint32_t count, unsigned shift) {
  uint32_t starts[DIGITS + 1] = {0};
  for (uint32_t i = 0; i < count; i++)
    starts[(keys[i] >> shift & (DIGITS - 1)) + 1]++;
  for (uint32_t digit = 0; digit < DIGITS; digit++)
    starts[digit + 1] += starts[digit];
  for (uint32_t i = 0; i < count; i++)
    sorted[starts[keys[i] >> shift & (DIGITS - 1)]++] = keys[i];
}

/* By two digits of bits 16 and up or, where there are more, by four: the last result stands in
 * keys.
 */
static void sort_by_digits(uint64_t *keys, uint64_t *other, uint32_t count) {
  uint64_t highest = 0;
  for (uint32_t i = 0; i < count; i++)
    highest |= keys[i] >> 16;
  for (unsigned shift = 16; shift < 16 + 2 * DIGIT_BITS || (shift < 60 && highest >> (shift - 16));
       shift += 2 * DIGIT_BITS) {
    sort_by_digit(keys, other, count, shift);
    sort_by_digit(other, keys, count, shift + DIGIT_BITS);
  }
}

void dictionary_sort_keys(uint64_t *keys, uint64_t *other, uint32_t count) {
  if (count < 64)
    sort_by_insertion(keys, count);
  else
    sort_by_digits(keys, other, count);
}

void dictionary_sort(struct workspace *workspace) {
  uint32_t count = workspace->context_count;
  uint64_t *keys = workspace->sort[0];
  for (uint32_t place = 0; place < count; place++)
    keys[place] = (uint64_t)workspace->contexts[place] << 16 | place;
  dictionary_sort_keys(keys, workspace->sort[1], count);
  for (uint32_t index = 0; index < count; index++)
    workspace->rank[keys[index] & 0xffff] = (uint16_t)index;
}

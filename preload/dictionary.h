/* SPDX-License-Identifier: Apache-2.0
 *
 * The contexts that a block names: collected in order of appearance, then put in order of id.
 */
#ifndef SEEP_DICTIONARY_H
#define SEEP_DICTIONARY_H

#include "workspace.h"

/* Needs table_bits. */
void dictionary_clear(struct workspace *workspace);
/* Enters a context whose place in the table is at. */
uint16_t dictionary_enter(struct workspace *workspace, uint32_t at, uint32_t context);

/* Place of a context, entered if it is new. */
static inline uint16_t dictionary_place(struct workspace *workspace, uint32_t context) {
  uint32_t mask = (1u << workspace->table_bits) - 1;
  uint32_t at = context * 0x9e3779b1u >> (32 - workspace->table_bits);
  for (;; at = (at + 1) & mask) {
    uint16_t place = workspace->context_table[at];
    if (!place)
      return dictionary_enter(workspace, at, context);
    if (workspace->contexts[place - 1] == context)
      return (uint16_t)(place - 1);
  }
}

/* Sorts: afterwards rank[place] is the index by id, and sort[0] holds id << 16 | place in that
 * order. */
void dictionary_sort(struct workspace *workspace);

/* Sorts keys by bits 16 to 59, with other as room for as many. */
void dictionary_sort_keys(uint64_t *keys, uint64_t *other, uint32_t count);

#endif

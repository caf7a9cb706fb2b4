/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers for things that occur often: names, frames, code addresses. The first thing gets 0, the
 * next new one 1, ...; equal bytes have one number.
 */
#ifndef SEEP_EXPORT_TABLE_H
#define SEEP_EXPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_key {
  void *bytes; /* a copy, aligned for anything, with a NUL behind it */
  size_t count;
  uint64_t hash;
};

struct table { /* all zero: empty */
  struct table_key *keys;
  size_t count, capacity;
  uint32_t *slots; /* hash table of numbers plus 1 */
  size_t slot_count;
  bool failed; /* there was no memory: numbers are 0 from then on */
};

/* The key's number. Padding in a struct counts: set it to 0. */
uint32_t table_number(struct table *table, const void *key, size_t bytes);

/* The same for a text. */
uint32_t table_text(struct table *table, const char *text);

/* The key of a number below count; NULL where the table has failed. */
const void *table_key(const struct table *table, uint32_t number);

void table_release(struct table *table);

#endif

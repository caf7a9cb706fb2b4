/* SPDX-License-Identifier: Apache-2.0
 *
 * The live set of a trace, built in the plainest way: a hash table of addresses that counts their
 * allocations less their frees, in whatever order the two are told. Kept apart from viewer/analysis
 * on purpose, so that the two can be wrong apart.
 */
#ifndef KILL_LIVE_H
#define KILL_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <trace/trace.h>

struct live_block {
  uint64_t address; /* 0: an empty place */
  uint64_t size;    /* of its last allocation */
  int64_t balance;  /* allocations less frees: 1 live, 0 not, anything else is wrong */
};

struct live {
  struct live_block *blocks;
  size_t capacity;
  size_t count;  /* addresses */
  uint64_t lost; /* events that the trace says are missing */
  size_t damages;
};

/* Fills a zero-initialised live set; live_free in any case. */
enum trace_status live_read(struct live *live, const char *path, struct trace_error *error);
void live_free(struct live *live);

/* The live block at address, or NULL. */
struct live_block *live_find(const struct live *live, uint64_t address);
/* How many are live. */
size_t live_count(const struct live *live);

#endif

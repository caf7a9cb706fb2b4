/* SPDX-License-Identifier: Apache-2.0
 *
 * The live set of a trace, built in the plainest way: one hash table over all events. Kept apart
 * from viewer/analysis on purpose, so that the two can be wrong apart.
 */
#ifndef KILL_LIVE_H
#define KILL_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <trace/trace.h>

struct live_block {
  uint64_t address; /* 0: an empty place */
  uint64_t size;
  uint64_t next_size; /* a second allocation was told before the free between them; else 0 */
};

struct live {
  struct live_block *blocks;
  size_t capacity, count;
  uint64_t lost; /* events that the trace says are missing */
  size_t damages;
};

/* Fills a zero-initialised live set; live_free in any case. */
enum trace_status live_read(struct live *live, const char *path, struct trace_error *error);
void live_free(struct live *live);

/* The block at address, or NULL. */
struct live_block *live_find(const struct live *live, uint64_t address);
/* block is one that live_find returned; pointers to blocks are no longer valid. */
void live_remove(struct live *live, struct live_block *block);

#endif

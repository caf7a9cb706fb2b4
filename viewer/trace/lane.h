/* SPDX-License-Identifier: Apache-2.0
 *
 * One thread's events in its own order: its blocks one after the other, of which one is in memory
 * at a time. A lane reads ahead of what it gives out, so that a free that an UNFREE takes back is
 * still there to be removed.
 */
#ifndef SEEP_TRACE_LANE_H
#define SEEP_TRACE_LANE_H

#include "trace/reader.h"
#include "trace/temporaries.h"

#define LANE_BLOCK 0 /* kind of an entry that stands for the begin of a block */

struct lane {
  struct block *blocks;
  size_t block_count, next_block;
  struct block *block; /* opened last; NULL: none yet */
  struct frame_buffer payload;
  struct events events;                            /* of an EVENTS block */
  const struct seep_record *records, *records_end; /* of a RECORDS block */
  struct temporaries temporaries;
  uint64_t sequence;           /* of the record behind the opened block */
  struct trace_event *entries; /* [head, stop): read, not given out yet */
  size_t head, stop;
  uint64_t stamp;    /* of the last entry: a thread's stamps never go back */
  bool announced;    /* the begin of the opened block has been given out */
  bool wide_follows; /* the last entry waits for a WIDE record with its size */
  bool finished;     /* all blocks have been read */
};

enum lane_result {
  LANE_OK,
  LANE_MEMORY,
};

/* A lane over the blocks of one thread; nothing is read yet. */
void lane_start(struct lane *lane, struct block *blocks, size_t block_count);

/* How many entries should be in stock before one is given out: between a free and the UNFREE that
 * takes it back lie at most some events of a signal handler. */
#define LANE_AHEAD 64

/* Reads on until there are LANE_AHEAD entries, or as many as can be had before the begin of a block
 * has been given out (announced), whose sums are still wanted. May remove entries that are in
 * stock. */
enum lane_result lane_fill(struct lane *lane, struct trace *trace);

/* The next row of the opened block's sums; thread and stamps are left alone. false: that was all,
 * or bad. */
bool lane_next_sum(struct lane *lane, struct trace_sums *sums);
/* Notes damage that reading the block's sums has met. */
enum lane_result lane_check(struct lane *lane, struct trace *trace);

/* The next entry; NULL where nothing is left. */
static inline const struct trace_event *lane_head(const struct lane *lane) {
  return lane->head < lane->stop ? &lane->entries[lane->head] : NULL;
}

/* Frees what the lane has in memory. */
void lane_stop(struct lane *lane, struct trace *trace);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the matching tells the ledger, in order: a thread of its own takes it, so that blocks are
 * found on one processor while they are counted on another. Each has tables that fill a cache. What
 * comes out does not depend on who is faster. Where no thread can be had, the caller's counts.
 */
#ifndef SEEP_ANALYSIS_POSTINGS_H
#define SEEP_ANALYSIS_POSTINGS_H

#include "trace/trace.h"
#include <pthread.h>

enum posting_kind {
  POSTING_PLACE,     /* a place that is new: the next number, its context (in birth) and thread */
  POSTING_BIRTH,     /* a block was allocated */
  POSTING_EARLY,     /* a block that was freed before: its free has been told as UNKNOWN */
  POSTING_DEATH,     /* a block was freed */
  POSTING_REPLACED,  /* a block must have been freed unseen; no time passes with it */
  POSTING_UNKNOWN,   /* a free of an address where nothing stands */
  POSTING_TRANSIENT, /* see TRACE_TRANSIENT: of size bytes */
  POSTING_END,       /* the last: size bytes stand in mappings, birth of them */
  POSTING_SUMS,      /* see trace_sums: number birth of its batch, at place */
};

struct posting {
  uint64_t now;    /* stamp of the event; never goes back */
  uint64_t birth;  /* of the block: stamp of its allocation */
  uint64_t size;   /* of the block in bytes */
  uint32_t place;  /* of the block */
  uint32_t thread; /* that did it */
  uint8_t kind;
  uint8_t share_shift; /* the block stands for 2^share_shift */
  bool in_pool;        /* the service told of it: it lies inside others */
  bool in_heap;        /* of malloc's, as far as that is known */
};

#define POSTINGS_BATCH 2048
#define POSTINGS_SUMS 64 /* of a batch */
#define POSTINGS_BATCHES 4

struct postings_batch {
  struct posting list[POSTINGS_BATCH];
  struct trace_sums sums[POSTINGS_SUMS];
  size_t count, sum_count;
};

struct postings {
  void (*take)(void *data, const struct postings_batch *batch);
  void *data;
  struct postings_batch *batches; /* a ring */
  struct postings_batch *filling;
  size_t given, taken; /* batches: under the lock */
  bool threaded, over;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t turned; /* given, taken or over has changed */
};

/* take gets batch after batch, by one thread at a time, until postings_stop. false: no memory;
 * postings_stop all the same. */
bool postings_start(struct postings *postings,
                    void (*take)(void *data, const struct postings_batch *batch), void *data);
void postings_stop(struct postings *postings);

/* Gives what has been filled in; postings_settle waits until it has been taken, too. */
void postings_give(struct postings *postings);
void postings_settle(struct postings *postings);

/* The next posting, for the caller to fill in before the next call of any kind. */
static inline struct posting *postings_next(struct postings *postings) {
  if (postings->filling->count == POSTINGS_BATCH)
    postings_give(postings);
  return &postings->filling->list[postings->filling->count++];
}

/* Posts sums of place. */
void postings_add_sums(struct postings *postings, uint32_t place, const struct trace_sums *sums);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Temporary allocations: those that were freed before their thread's next allocation. The recorder
 * counts them in the blocks that it drains; in blocks of records they are counted here, so that a
 * trace says the same whichever of the two its blocks are.
 */
#ifndef SEEP_TRACE_TEMPORARIES_H
#define SEEP_TRACE_TEMPORARIES_H

#include "trace/contexts.h"

struct temporaries { /* of one thread */
  uint64_t address;  /* of its last allocation; 0: that one was freed, or is not known */
  uint32_t context;  /* canonical, as all are here */
  uint32_t *found;   /* the contexts of those found in this block, ascending */
  size_t found_count, told;
};

struct temporaries_span { /* of records */
  const struct seep_record *start, *end;
};

/* Takes the records of the thread's next block: those before stamp cut. false: no memory. */
bool temporaries_find(struct temporaries *temporaries, struct temporaries_span records,
                      uint64_t cut, const struct contexts *contexts);

/* What was found in the block, a row for each context: without pairs; thread and stamps are left
 * alone. false: that was all. */
bool temporaries_next_sum(struct temporaries *temporaries, struct trace_sums *sums);

/* A block begins in which the recorder has counted: nothing is found there. */
void temporaries_follow(struct temporaries *temporaries, const struct seep_events_head *head);
/* Its next survivor; is_last_allocation: by the block's head. */
void temporaries_follow_event(struct temporaries *temporaries, const struct trace_event *event,
                              bool is_last_allocation);
/* The thread's last allocation is not known any more. */
void temporaries_forget(struct temporaries *temporaries);

void temporaries_free(struct temporaries *temporaries);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of whole traces share: a scratch directory, and all events of a trace.
 */
#ifndef SEEP_TRACE_READING_H
#define SEEP_TRACE_READING_H

#include "trace/trace.h"

struct reading { /* of one trace */
  struct trace *trace;
  struct trace_event *events;
  size_t event_count, block_count, progress_count;
  uint64_t pairs, temporary;
  enum trace_status status; /* of the replay */
  size_t stop_after;        /* progress stops the replay then; 0: never */
};

/* A path in the test's own directory, which is made when first asked for; a static buffer. */
const char *reading_path(const char *name);
/* Removes the directory and what is in it. */
void reading_clean(void);

/* Opens and replays; the trace must open. Events are checked to come in the order of stamps. */
struct reading reading_of(const char *path);
void reading_free(struct reading *reading);
/* Whether two readings have the same events, of the same paths. */
bool reading_same(const struct reading *a, const struct reading *b);

#endif

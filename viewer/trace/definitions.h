/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames that define or say something once: process, modules, contexts, threads, marks, losses,
 * states. They are put into the public struct trace as they are met.
 */
#ifndef SEEP_TRACE_DEFINITIONS_H
#define SEEP_TRACE_DEFINITIONS_H

#include "trace/clock.h"
#include "trace/contexts.h"
#include "trace/frame.h"
#include "trace/idmap.h"
#include <seep/stage.h>

struct definitions {
  struct trace *trace;
  struct idmap modules, threads;
  struct contexts contexts;
  struct clock_pairs pairs;
  uint64_t rate_estimate;
  uint64_t lost_writing, lost_otherwise; /* by LOSS frames */
  bool has_process, ended, folded;
};

enum definitions_result {
  DEFINITIONS_OK,
  DEFINITIONS_MALFORMED,
  DEFINITIONS_VERSION,
  DEFINITIONS_MEMORY,
};

bool definitions_start(struct definitions *definitions, struct trace *trace);
/* Whether a frame of this type is one of these: others need no payload at first. */
bool definitions_wants(uint16_t type);
/* Takes one frame and its payload. */
enum definitions_result definitions_take(struct definitions *definitions, const struct frame *frame,
                                         const uint8_t *payload);
/* The trace's index of a thread by the recorder's serial; makes one where it is not defined.
 * 0 of serial 0. false: no memory. */
bool definitions_thread(struct definitions *definitions, uint32_t serial, uint32_t *index);
/* Takes over what a stage's slot says of its thread, where no frame has said it. */
bool thread_describe(struct trace_thread *thread, const struct seep_slot *slot);
/* The frames have all been seen: puts modules, threads, marks and samples in order, folds the
 * contexts. *orphans: contexts that name a parent or a module that is missing. */
bool definitions_finish(struct definitions *definitions, size_t *orphans);
void definitions_free(struct definitions *definitions);

/* Adds to the trace; false: no memory. */
bool definitions_add_sample(struct trace *trace, uint64_t stamp, uint64_t rss_kib);

#endif

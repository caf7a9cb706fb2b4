/* SPDX-License-Identifier: Apache-2.0
 *
 * RESIDENT frames: what resident memory consisted of, and where malloc's heaps lay.
 */
#ifndef SEEP_TRACE_RESIDENT_H
#define SEEP_TRACE_RESIDENT_H

#include "trace/definitions.h"

/* Adds a frame to the trace. */
enum definitions_result resident_take(struct trace *trace, const struct frame *frame,
                                      const uint8_t *payload);
/* All have been seen: puts them in order. */
void resident_finish(struct trace *trace);

#endif

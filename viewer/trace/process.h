/* SPDX-License-Identifier: Apache-2.0
 *
 * The PROCESS frame: what was recorded, where, with which clock.
 */
#ifndef SEEP_TRACE_PROCESS_H
#define SEEP_TRACE_PROCESS_H

#include "trace/definitions.h"

struct process_clock { /* what the frame says of the clock beside struct trace_process */
  uint64_t rate_estimate, stamp, monotonic_ns;
};

enum definitions_result process_decode(struct trace_process *process, struct process_clock *clock,
                                       const uint8_t *payload, size_t bytes);
/* Gives texts that are missing the value "", and an empty command. false: no memory. */
bool process_fill(struct trace_process *process);
void process_free(struct trace_process *process);

#endif

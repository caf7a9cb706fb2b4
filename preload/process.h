/* SPDX-License-Identifier: Apache-2.0
 *
 * What is recorded: the first frame of a trace.
 */
#ifndef SEEP_PROCESS_H
#define SEEP_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Of a recorded process that this one was forked from. */
struct process_parent {
  bool forked;
  uint8_t trace_id[16];
  uint64_t fork_stamp;
};

/* What is recorded had begun without us: its first frame will say when. */
void process_set_attached(void);

bool process_write(const uint8_t trace_id[16], uint64_t pid_start,
                   const struct process_parent *parent);
/* starttime of /proc/self/stat; 0: not to be had. */
uint64_t process_start_time(void);
/* How many threads there are; 0: not to be had. */
uint64_t process_threads(void);
/* Parent of a process; 0: not to be had. */
uint64_t process_parent_of(uint64_t pid);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Which traces are of one family: a recorded process, the children that it forked, theirs, and what
 * they executed. A forked child's trace names its parent's; a program that was executed is known by
 * the process ids. Only the first frame of each trace is read. Prints nothing.
 */
#ifndef SEEP_TRACE_FAMILY_H
#define SEEP_TRACE_FAMILY_H

#include "trace/trace.h"

#define FAMILY_NONE SIZE_MAX

struct family_member {
  char *path;
  char *program;
  uint8_t trace_id[16], parent_id[16]; /* parent_id: zeroes where it was not forked from one */
  uint64_t pid, parent_pid, pid_start;
  uint64_t start_realtime_ns, start_stamp;
  uint64_t fork_stamp; /* on the parent's clock; 0: not forked from a recorded process */
  enum seep_clock clock;
  size_t parent;       /* index; FAMILY_NONE: none, or its trace is not here */
  bool executed;       /* the parent is known by process ids alone */
  bool parent_missing; /* it was forked from a recorded process whose trace is not here */
};

struct family {
  struct family_member *list; /* in order of their starts */
  size_t count;
  size_t self; /* index of the first path given */
};

/* The family of paths[0], as far as it stands in the same directory; with more than one path, these
 * traces alone. Other files are passed over; those given must be traces, or self says which was
 * none. Release it in any case. */
enum trace_status family_find(struct family *family, const char *const *paths, size_t count,
                              struct trace_error *error);
void family_release(struct family *family);

/* Puts a mark into every member whose process runs, but for the one of index except (FAMILY_NONE:
 * for none). A process may end at any time: that is no error. Returns how many have it. Opens the
 * traces: not for a hurry. */
size_t family_mark(const struct family *family, size_t except, enum seep_mark_kind kind,
                   const char *label, uint64_t units);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * How a target that was watched came to its end: in order or not, its exit status or the signal,
 * and whether the kernel killed it for want of memory. Only what can be known without being its
 * parent: the trace's END, what a pidfd tells of an end (Linux 6.15), the kernel's counts of kills.
 */
#ifndef SEEP_ENDING_H
#define SEEP_ENDING_H

#include "screen/oom.h"
#include "trace/trace.h"

#define ENDING_TEXT 96

struct ending { /* all zero: nothing is watched */
  bool watched;
  int process; /* pidfd */
  struct oom oom;
};

/* Watches the target of a running trace, once; path is the trace's. A process that does not write
 * it (a pid of another namespace) is not watched. */
void ending_watch(struct ending *ending, const struct trace *trace, const char *path);
void ending_release(struct ending *ending);

/* Writes how the target ended into out[ENDING_TEXT], "" while it runs or when it was not watched.
 * Waits a moment for its parent to take note of the end. */
void ending_text(const struct ending *ending, const struct trace *trace, char *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A target as the child of a wrapper that one does not notice: it keeps the terminal, the standard
 * descriptors and the signal settings that the wrapper was given; signals sent to the wrapper reach
 * it, its stops stop the wrapper, and the wrapper ends as it ended.
 *
 * Only one child at a time, in a process with one thread: signals are blocked until the end of the
 * process, so that none ends the wrapper before it has said what was recorded.
 */
#ifndef SEEP_CHILD_H
#define SEEP_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
  pid_t pid;
  int wait_status; /* as of waitpid, after child_wait */
};

/* Starts arguments (execvp). before(data) is called in the child just before: false ends it with
 * COMMAND_ERROR. Returns COMMAND_DONE when the program runs; else the exit code to end with, after
 * the reason was said on stderr as a shell says it. */
int child_start(struct child *child, char *const *arguments, bool (*before)(void *data),
                void *data);

/* Waits for the child's end and hands signals on. Returns its exit status, 128 + n after signal n.
 */
int child_wait(struct child *child);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What `seep run` says when its target has ended.
 */
#ifndef SEEP_SUMMARY_H
#define SEEP_SUMMARY_H

/* Folds the stage into the trace at path; then two lines on stderr: what was recorded and how the
 * target ended (wait_status as of waitpid), and the command to look at it. */
void summary_print(const char *path, int wait_status);

/* One line on stderr: name left no trace. */
void summary_print_nothing(const char *name);

#endif

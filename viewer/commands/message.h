/* SPDX-License-Identifier: Apache-2.0
 *
 * What seep says on stderr: always one line, beginning with "seep: " or "seep COMMAND: ". Texts may
 * come from a trace or a path: they are made harmless (report/escape.h).
 */
#ifndef SEEP_MESSAGE_H
#define SEEP_MESSAGE_H

#include <stddef.h>

struct trace_error;

/* Names the command that speaks from now on; NULL: seep itself. The text must stay. */
void message_speaker(const char *command);

/* One line. message_error returns COMMAND_ERROR, so that a command can end with it. */
int message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line on why the trace at path could not be used: what, where, what to do. Returns
 * COMMAND_ERROR. */
int message_trace_error(const char *path, const struct trace_error *error);

/* Ends with a line like message_error's, once, where stdout could not be written; COMMAND_DONE if
 * it could. */
int message_flush_stdout(void);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * FILE|PID on a command line: the trace that is meant.
 */
#ifndef SEEP_TARGET_H
#define SEEP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/* Puts the trace's path into path: text itself, or, when text is digits alone and no file has that
 * name, the trace that this process is writing. false: there is none, said on stderr. */
bool target_find(const char *text, char *path, size_t path_bytes);

/* Whether a process is writing the trace at path. Opens the trace: not for a hurry. */
bool target_is_running(const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The user's editor on a source file.
 */
#ifndef SEEP_EDITOR_H
#define SEEP_EDITOR_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Runs $VISUAL, $EDITOR or vi on the file, at the line if the editor takes "+LINE", and waits for
 * its end; stops and goes on with it. The terminal is the editor's meanwhile. signals: the mask
 * that it gets. false: it could not be run, or said that it failed. */
bool editor_run(const char *path, uint32_t line, const sigset_t *signals);

#endif

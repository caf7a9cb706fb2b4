/* SPDX-License-Identifier: Apache-2.0
 *
 * The executable that a command line names, as far as it matters to recording it.
 */
#ifndef SEEP_PROGRAM_H
#define SEEP_PROGRAM_H

#include <stdbool.h>

/* Puts the real path of the file that execvp(name) would execute into path (PATH_MAX bytes). */
bool program_find(const char *name, char *path);

/* Turns the path of a script (PATH_MAX bytes) into that of the program that executes it; any other
 * file's stays. false: it cannot be read, or its interpreter was not found. */
bool program_interpreter(char *path);

#endif

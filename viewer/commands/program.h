/* SPDX-License-Identifier: Apache-2.0
 *
 * The executable that a command line names, as far as it matters to recording it.
 */
#ifndef SEEP_PROGRAM_H
#define SEEP_PROGRAM_H

#include <stdbool.h>

/* Puts the real path of the file that execvp(name) would execute into path (PATH_MAX bytes). */
bool program_find(const char *name, char *path);

/* Why the loader does not preload a library into the program at path, e.g. "is statically linked";
 * NULL: nothing is known to be in the way. */
const char *program_obstacle(const char *path);

#endif

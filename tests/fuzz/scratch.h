/* SPDX-License-Identifier: Apache-2.0
 *
 * Inputs as files, for what reads files: they are kept in memory, in a directory of the process's
 * own that is removed at exit. Ends the program where that cannot be had.
 */
#ifndef SEEP_FUZZ_SCRATCH_H
#define SEEP_FUZZ_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/* Writes the file anew; its path is the scratch's. name: one of a few constants. */
const char *scratch_write(const char *name, const void *data, size_t bytes);
/* Removes it, if it is there. */
void scratch_remove(const char *name);

#endif

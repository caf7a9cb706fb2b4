/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorder's library, on its way into a process.
 */
#ifndef SEEP_ATTACH_LIBRARY_H
#define SEEP_ATTACH_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Where the entry is in the file, less its load address; 0: it has none. */
uint64_t library_entry(const char *path);

/* Whether the process can open the very same file by this path. */
bool library_is_seen(pid_t pid, const char *path);

/* Copies the file into descriptor number of the process. */
bool library_copy(const char *path, pid_t pid, int descriptor);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Files named by a trace or by a binary: opening them, and finding the one that holds a binary's
 * debug information. Directories are those of Debian and Fedora: DIR/.debug and /usr/lib/debug.
 */
#ifndef SEEP_SYMBOLS_DEBUGFILE_H
#define SEEP_SYMBOLS_DEBUGFILE_H

#include <stddef.h>
#include <stdint.h>

/* Opens sysroot (or NULL) + path for reading if it is a regular file. -1: it is none. */
int debugfile_open(const char *sysroot, const char *path);

/* Opens the file under /usr/lib/debug/.build-id, of sysroot first, and sets *path to its path (to
 * be freed). -1: there is none. */
int debugfile_by_build_id(const char *sysroot, const uint8_t *build_id, size_t bytes, char **path);

/* Opens the file that the .gnu_debuglink (name, crc) of binary means and sets *path as above; a
 * file with another checksum is passed over. */
int debugfile_by_link(const char *sysroot, const char *binary, const char *name, uint32_t crc,
                      char **path);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of ours in a process that is not ours: the descriptor stands high, out of the way of
 * programs that count or close low ones, is closed by exec, and is checked by device and inode
 * before each use, so that a target that re-used its number never has its own file written to. A
 * descriptor that was closed is opened again by path. Results of -4095 to -1 are negated errnos.
 */
#ifndef SEEP_FILE_H
#define SEEP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILE_PATH_BYTES 4096

struct file {
  _Atomic int descriptor; /* -1: not open */
  uint64_t device, inode;
  uint64_t bytes; /* its size when it was checked last */
  int flags;      /* to open it again */
  char path[FILE_PATH_BYTES];
};

/* Makes the file at file->path (O_EXCL, O_NOFOLLOW, mode 0600); flags are O_APPEND or 0. */
long file_create(struct file *file, int flags);
/* Opens the file at file->path, which is there already, to read it. */
long file_open(struct file *file);
/* Whether the descriptor is this file's; file_check: opens it again where it is not. */
bool file_is_open(struct file *file);
bool file_check(struct file *file);
/* One write; may be short. Signals should be blocked (SIGXFSZ is taken back). */
long file_write(struct file *file, const void *data, size_t bytes);
/* Reserves bytes at offset, as zeroes, so that a store into a mapping never meets a full disk. */
long file_reserve(struct file *file, uint64_t offset, size_t bytes);
/* Maps a reserved part shared. NULL: no memory. */
void *file_map(struct file *file, uint64_t offset, size_t bytes);
/* Closes the descriptor, if it still is this file's. */
void file_close(struct file *file);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The trace's file, read with pread: a file that shrinks while it is read gives short reads, where
 * a mapping would give SIGBUS.
 */
#ifndef SEEP_TRACE_FILE_H
#define SEEP_TRACE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file {
  int fd;         /* -1: not open */
  uint64_t bytes; /* size when last looked at */
  uint64_t device, inode;
};

/* Opens a regular file for reading; false with errno set (EINVAL: it is no regular file). flags are
 * added to those of open(2). */
bool file_open(struct file *file, const char *path, int flags);
void file_close(struct file *file);

/* Looks at the size again. */
bool file_measure(struct file *file);

/* Reads exactly bytes at offset; false: an error, or the file ends before (errno 0). */
bool file_read(const struct file *file, uint64_t offset, void *buffer, size_t bytes);

/* Reads up to bytes at offset; the number read, 0 at the end or on an error. */
size_t file_read_some(const struct file *file, uint64_t offset, void *buffer, size_t bytes);

/* Writes all of it; false with errno set. */
bool file_write_all(int fd, const void *data, size_t bytes);

#endif

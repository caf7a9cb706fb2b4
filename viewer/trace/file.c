/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_open(struct file *file, const char *path, int flags) {
  /* O_NONBLOCK: the path may be a FIFO that nobody writes to. */
  *file = (struct file){.fd = open(path, O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags)};
  if (file->fd < 0)
    return false;
  if (file_measure(file))
    return true;
  int saved = errno;
  file_close(file);
  errno = saved;
  return false;
}

void file_close(struct file *file) {
  if (file->fd >= 0)
    close(file->fd);
  file->fd = -1;
}

bool file_measure(struct file *file) {
  struct stat status;
  if (fstat(file->fd, &status) != 0)
    return false;
  if (!S_ISREG(status.st_mode)) {
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    return false;
  }
  file->bytes = (uint64_t)status.st_size;
  file->device = status.st_dev;
  file->inode = status.st_ino;
  return true;
}

size_t file_read_some(const struct file *file, uint64_t offset, void *buffer, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    ssize_t got = pread(file->fd, (char *)buffer + done, bytes - done, (off_t)(offset + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got == 0)
      errno = 0;
    if (got <= 0)
      break;
    done += (size_t)got;
  }
  return done;
}

bool file_read(const struct file *file, uint64_t offset, void *buffer, size_t bytes) {
  return file_read_some(file, offset, buffer, bytes) == bytes;
}

bool file_write_all(int fd, const void *data, size_t bytes) {
  const char *at = data;
  while (bytes) {
    ssize_t put = write(fd, at, bytes);
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return false;
    at += put;
    bytes -= (size_t)put;
  }
  return true;
}

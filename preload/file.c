/* SPDX-License-Identifier: Apache-2.0 */
#include "file.h"
#include "signals.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Highest of the numbers we take: far from those that programs use, in a table that stays small. */
#define HIGH_DESCRIPTOR 960

static long move_high(long low) {
  struct rlimit limit = {0, 0};
  sys_call4(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, &limit);
  long from = HIGH_DESCRIPTOR;
  if (limit.rlim_cur < (rlim_t)HIGH_DESCRIPTOR + 16)
    from = limit.rlim_cur > 32 ? (long)limit.rlim_cur - 16 : 3;
  long high = sys_call3(SYS_fcntl, low, F_DUPFD_CLOEXEC, from);
  if (sys_failed(high))
    return low;
  sys_call3(SYS_close, low, 0, 0);
  return high;
}

static bool same_file(struct file *file, long descriptor) {
  struct stat is;
  bool same = descriptor >= 0 && !sys_failed(sys_call3(SYS_fstat, descriptor, &is, 0)) &&
              is.st_dev == file->device && is.st_ino == file->inode;
  if (same)
    __atomic_store_n(&file->bytes, (uint64_t)is.st_size, __ATOMIC_RELAXED);
  return same;
}

bool file_is_open(struct file *file) {
  return same_file(file, file->descriptor);
}

/* opened: what openat said. */
static long take(struct file *file, long opened) {
  file->bytes = 0;
  file->descriptor = -1;
  if (sys_failed(opened))
    return opened;
  opened = move_high(opened);
  struct stat is;
  long result = sys_call3(SYS_fstat, opened, &is, 0);
  if (sys_failed(result)) {
    sys_call3(SYS_close, opened, 0, 0);
    return result;
  }
  file->device = is.st_dev;
  file->inode = is.st_ino;
  file->descriptor = (int)opened;
  return 0;
}

long file_create(struct file *file, int flags) {
  file->flags = flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW;
  return take(file, sys_call4(SYS_openat, AT_FDCWD, file->path, file->flags | O_CREAT | O_EXCL,
                              S_IRUSR | S_IWUSR));
}

long file_open(struct file *file) {
  file->flags = O_RDONLY | O_CLOEXEC;
  return take(file, sys_call3(SYS_openat, AT_FDCWD, file->path, file->flags));
}

bool file_check(struct file *file) {
  if (file_is_open(file))
    return true;
  /* Closed, or the number is the target's now. It is not ours to close. Two threads may do this at
   * once: then one descriptor stays open unused, which harms nobody. */
  if (!file->path[0])
    return false;
  long opened = sys_call3(SYS_openat, AT_FDCWD, file->path, file->flags);
  if (sys_failed(opened))
    return false;
  if (!same_file(file, opened)) {
    sys_call3(SYS_close, opened, 0, 0);
    return false;
  }
  file->descriptor = (int)move_high(opened);
  return true;
}

long file_write(struct file *file, const void *data, size_t bytes) {
  if (!file_check(file))
    return -EBADF;
  long done;
  do
    done = sys_call3(SYS_write, file->descriptor, data, bytes);
  while (done == -EINTR);
  signals_drop(done);
  return done;
}

/* For file systems without fallocate. */
static long write_zeroes(struct file *file, uint64_t offset, size_t bytes) {
  static const char zeroes[4096];
  for (size_t at = 0; at < bytes; at += sizeof zeroes) {
    long done = sys_call4(SYS_pwrite64, file->descriptor, zeroes, sizeof zeroes, offset + at);
    if (done != (long)sizeof zeroes)
      return sys_failed(done) ? done : -ENOSPC;
  }
  return 0;
}

long file_reserve(struct file *file, uint64_t offset, size_t bytes) {
  if (!file_check(file))
    return -EBADF;
  long result;
  do
    result = sys_call4(SYS_fallocate, file->descriptor, 0, offset, bytes);
  while (result == -EINTR);
  if (result == -EOPNOTSUPP || result == -ENOSYS)
    result = write_zeroes(file, offset, bytes);
  signals_drop(result);
  return result;
}

void *file_map(struct file *file, uint64_t offset, size_t bytes) {
  long at = sys_call6(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                      file->descriptor, (long)offset);
  return sys_failed(at) ? 0 : (void *)at;
}

void file_close(struct file *file) {
  if (file_is_open(file))
    sys_call3(SYS_close, file->descriptor, 0, 0);
  file->descriptor = -1;
}

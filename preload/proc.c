/* SPDX-License-Identifier: Apache-2.0 */
#include "proc.h"
#include "file.h"
#include "sys.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>

#define FEW_DESCRIPTORS 64

/* Of a thread: those of the process are its first thread's, which may end before the others do. */
static const char *const paths[PROC_FILES] = {
    "/proc/thread-self/statm", "/proc/thread-self/pagemap", "/proc/thread-self/smaps"};
static struct file files[PROC_FILES] = {{.descriptor = -1}, {.descriptor = -1}, {.descriptor = -1}};
static _Atomic int locks[PROC_FILES];
static bool are_held; /* else there are few descriptors, and the target may need each of them */

static bool try_lock(enum proc_file which) {
  return !atomic_exchange_explicit(&locks[which], 1, memory_order_acquire);
}

static void unlock(enum proc_file which) {
  atomic_store_explicit(&locks[which], 0, memory_order_release);
}

/* A number that is not ours any more is left to whoever has it. */
static bool is_open(enum proc_file which) {
  struct file *file = &files[which];
  if (file_is_open(file))
    return true;
  memcpy(file->path, paths[which], strlen(paths[which]) + 1);
  return !sys_failed(file_open(file));
}

static bool has_many_descriptors(void) {
  struct rlimit limit = {0, 0};
  sys_call4(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, &limit);
  return limit.rlim_cur > FEW_DESCRIPTORS;
}

void proc_start(void) {
  are_held = has_many_descriptors();
  for (int which = 0; are_held && which < PROC_FILES; which++)
    (void)is_open((enum proc_file)which);
}

long proc_read(enum proc_file which, uint64_t offset, void *buffer, size_t bytes) {
  if (!try_lock(which))
    return -EAGAIN;
  long got = is_open(which) ? sys_call4(SYS_pread64, files[which].descriptor, buffer, bytes, offset)
                            : -EBADF;
  if (sys_failed(got) || !are_held)
    file_close(&files[which]);
  unlock(which);
  return got;
}

void proc_close(enum proc_file which) {
  if (!try_lock(which))
    return;
  file_close(&files[which]);
  unlock(which);
}

void proc_forget(void) {
  for (int which = 0; which < PROC_FILES; which++) {
    file_close(&files[which]);
    unlock((enum proc_file)which);
  }
}

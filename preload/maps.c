/* SPDX-License-Identifier: Apache-2.0
 *
 * mmap, munmap and mremap: recorded as their own kind, if the option is on. Until the real
 * functions are known the system call is made itself, as in libc.
 */
#include "real.h"
#include "record.h"
#include "settings.h"
#include "sys.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>

#define HOOK __attribute__((visibility("default")))

static void *result_of(long result) {
  if (!sys_failed(result))
    return (void *)result;
  errno = (int)-result;
  return MAP_FAILED;
}

static void *real_map(void *start, size_t size, int protection, int flags, int file, off_t offset) {
  if (__builtin_expect(real.mmap != NULL, 1))
    return real.mmap(start, size, protection, flags, file, offset);
  return result_of(sys_make6(SYS_mmap, (long)start, (long)size, protection, flags, file, offset));
}

static void *recorded(struct record_allocation *allocation, void *start, size_t size) {
  if (allocation->thread) {
    record_guard(allocation->thread);
    record_allocated(allocation, start == MAP_FAILED ? NULL : start, size, SEEP_KIND_MAP, 0);
    thread_leave(allocation->thread);
  }
  return start;
}

HOOK void *mmap(void *start, size_t size, int protection, int flags, int file, off_t offset) {
  if (!settings.maps)
    return real_map(start, size, protection, flags, file, offset);
  RECORD_BEGIN(allocation);
  return recorded(&allocation, real_map(start, size, protection, flags, file, offset), size);
}

HOOK void *mmap64(void *start, size_t size, int protection, int flags, int file, off_t offset)
    __attribute__((alias("mmap")));

static void unmapped(const void *start, size_t size) {
  struct thread *thread = settings.maps ? thread_enter() : NULL;
  if (!thread)
    return;
  record_append(thread, clock_stamp(), start, SEEP_KIND_UNMAP, 0, 0, size);
  thread_leave(thread);
}

static int status_of(long result) {
  if (!sys_failed(result))
    return 0;
  errno = (int)-result;
  return -1;
}

/* Recorded before the call, as a free is: the range may be another thread's the moment it is free.
 */
HOOK int munmap(void *start, size_t size) {
  unmapped(start, size);
  if (__builtin_expect(real.munmap != NULL, 1))
    return real.munmap(start, size);
  return status_of(sys_make6(SYS_munmap, (long)start, (long)size, 0, 0, 0, 0));
}

static void *real_remap(void *old, size_t old_size, size_t new_size, int flags, void *wanted) {
  if (__builtin_expect(real.mremap != NULL, 1))
    return real.mremap(old, old_size, new_size, flags, wanted);
  return result_of(
      sys_make6(SYS_mremap, (long)old, (long)old_size, (long)new_size, flags, (long)wanted, 0));
}

HOOK void *mremap(void *old, size_t old_size, size_t new_size, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  void *wanted = flags & MREMAP_FIXED ? va_arg(arguments, void *) : NULL;
  va_end(arguments);
  void *mapped = real_remap(old, old_size, new_size, flags, wanted);
  if (!settings.maps || mapped == MAP_FAILED)
    return mapped;
  unmapped(old, old_size);
  RECORD_BEGIN(allocation);
  return recorded(&allocation, mapped, new_size);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorder makes its system calls itself, so the race detector does not see them. Of those that
 * give and take memory it has to know, or it takes what was at an address before for what is there
 * now.
 */
#include "../../preload/sys.h"

#include <errno.h>
#include <sys/mman.h>

static bool hook_mmap(const long arguments[6], long *result) {
  int saved = errno;
  if (arguments[3] & MAP_FIXED) /* in the place of a mapping: what stands there is nobody's */
    return false;
  void *at = mmap((void *)arguments[0], (size_t)arguments[1], (int)arguments[2], (int)arguments[3],
                  (int)arguments[4], arguments[5]);
  *result = at == MAP_FAILED ? -errno : (long)at;
  errno = saved;
  return true;
}

static bool hook_munmap(const long arguments[6], long *result) {
  int saved = errno;
  *result = munmap((void *)arguments[0], (size_t)arguments[1]) ? -errno : 0;
  errno = saved;
  return true;
}

bool sys_hook(long number, const long arguments[6], long *result) {
  switch (number) {
  case SYS_mmap:
    return hook_mmap(arguments, result);
  case SYS_munmap:
    return hook_munmap(arguments, result);
  default:
    return false;
  }
}

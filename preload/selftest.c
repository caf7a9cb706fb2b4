/* SPDX-License-Identifier: Apache-2.0 */
#include "selftest.h"
#include "object.h"
#include "settings.h"

#include <dlfcn.h>
#include <link.h>

#define SELFTEST_BYTES 24

/* A hook that is called while the recorder's own code is at work passes the call on and counts it:
 * by that it is known to have been called. */
static bool hooks_see(struct thread *thread, void *(*take)(size_t), void (*give)(void *)) {
  uint64_t *count = &thread->slot->unrecorded_events;
  uint64_t before = __atomic_load_n(count, __ATOMIC_RELAXED);
  uintptr_t busy = thread_busy(thread);
  thread_in_recorder(thread);
  give(take(SELFTEST_BYTES));
  thread_set_busy(thread, busy);
  uint64_t calls = __atomic_load_n(count, __ATOMIC_RELAXED) - before;
  __atomic_fetch_sub(count, calls, __ATOMIC_RELAXED);
  return calls >= 2;
}

static enum message culprit(const struct link_map *map, const char **path) {
  struct object object = {.dynamic = map->l_ld};
  bool is_executable = !*map->l_name, is_own = object_is_own(&object);
  *path = is_executable || is_own ? settings_executable() : map->l_name;
  return is_executable ? MESSAGE_HIDDEN : is_own ? MESSAGE_TAKEN : MESSAGE_IN_FRONT;
}

enum message selftest(struct thread *thread, const char **path) {
  /* By the way that the loader takes for the program's calls, not our own. */
  void *(*take)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, "malloc");
  void (*give)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, "free");
  Dl_info info;
  struct link_map *map = NULL;
  if (!take || !give || hooks_see(thread, take, give) ||
      !dladdr1((void *)take, &info, (void **)&map, RTLD_DL_LINKMAP) || !map)
    return MESSAGE_COUNT;
  return culprit(map, path);
}

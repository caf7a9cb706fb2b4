/* SPDX-License-Identifier: Apache-2.0 */
#include "real.h"
#include "object.h"
#include "thread.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>

#define POOL_HEAD 16

struct real real;

_Alignas(4096) char real_pool[REAL_POOL_BYTES];
static _Atomic size_t pool_used;
static bool was_opened;

/* A library that came by a local dlopen is not in the scope that RTLD_NEXT searches. */
static void *in_runtime(const char *library, const char *name) {
  void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
  if (!handle)
    return NULL;
  void *found = dlsym(handle, name);
  dlclose(handle);
  return found;
}

static void *in_scope(const char *name) {
  return was_opened ? (void *)object_find(name) : dlsym(RTLD_NEXT, name);
}

static void *look_up_late(const char *name) {
  static const char *const runtimes[] = {"libstdc++.so.6",           "libc++.so.1",
                                         "libjemalloc.so.2",         "libtcmalloc.so.4",
                                         "libtcmalloc_minimal.so.4", "libmimalloc.so.2"};
  void *found = in_scope(name);
  for (size_t i = 0; !found && !was_opened && i < sizeof runtimes / sizeof *runtimes; i++)
    found = in_runtime(runtimes[i], name);
  return found;
}

/* The loader allocates while it looks, if only the text of an error: not the target's doing. */
void *real_look_up_late(const char *name) {
  int saved = errno;
  uintptr_t busy = thread_self->busy;
  struct thread *thread = busy ? thread_self : thread_enter();
  if (thread)
    thread_in_silence(thread);
  void *found = look_up_late(name);
  if (thread)
    __atomic_store_n(&thread->busy, busy, __ATOMIC_RELEASE);
  errno = saved;
  return found;
}

void real_look_up(bool opened) {
  int saved = errno;
  was_opened = opened;
#define X(result, name, parameters) real.name = (result(*) parameters)in_scope(#name);
  FUNCTIONS(X)
#undef X
  errno = saved;
}

void *real_pool_take(size_t size, size_t alignment) {
  if (alignment < 16)
    alignment = 16;
  if (size > REAL_POOL_BYTES || alignment > 4096)
    return NULL;
  size_t used = atomic_load(&pool_used), start, next;
  do {
    start = (used + POOL_HEAD + alignment - 1) & ~(alignment - 1);
    next = start + size;
    if (next > REAL_POOL_BYTES)
      return NULL;
  } while (!atomic_compare_exchange_weak(&pool_used, &used, next));
  *(size_t *)(real_pool + start - sizeof(size_t)) = size;
  return real_pool + start;
}

size_t real_pool_size(const void *block) {
  return *(const size_t *)((const char *)block - sizeof(size_t));
}

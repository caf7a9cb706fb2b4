/* SPDX-License-Identifier: Apache-2.0
 *
 * libinject.so: gives a real program a leak whose site and rate are known. It is preloaded in front
 * of the recorder (LD_PRELOAD=libinject.so:libseep.so): the recorder sees each allocation, as it is
 * called from here, and never sees a free that is swallowed here. A free that is not swallowed is a
 * jump, so its caller stays its caller.
 *
 *   INJECT_SITE   the innermost frames of the site's stacks, MODULE+0xOFFSET[,MODULE+0xOFFSET...]:
 *                 the call of malloc first, then the callers of that wrapper; none: inject nothing
 *   INJECT_EVERY  of the blocks of that site, the free of each EVERYth does nothing
 *   INJECT_TRUTH  file for struct inject_truth; %p stands for the process id. A forked child
 *                 begins a file of its own.
 *
 * A realloc is a new allocation by its own caller: its block is never swallowed half.
 */
#include "inject.h"
#include "blocks.h"
#include "site.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)

/* libc's own, for what dlsym allocates while the next functions are not known yet. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

/* clang-format off */
#define FUNCTIONS(X)                                                                               \
  X(void *, malloc, malloc, (size_t))                                                              \
  X(void *, calloc, calloc, (size_t, size_t))                                                      \
  X(void *, realloc, realloc, (void *, size_t))                                                    \
  X(int, posix_memalign, posix_memalign, (void **, size_t, size_t))                                \
  X(void *, aligned_alloc, aligned_alloc, (size_t, size_t))                                        \
  X(void, free, free, (void *))                                                                    \
  X(void *, new_one, _Znwm, (size_t))                                                              \
  X(void *, new_array, _Znam, (size_t))                                                            \
  X(void, delete_one, _ZdlPv, (void *))                                                            \
  X(void, delete_sized, _ZdlPvm, (void *, size_t))                                                 \
  X(void, delete_array, _ZdaPv, (void *))
/* clang-format on */

static struct {
#define X(result, name, symbol, parameters) result(*name) parameters;
  FUNCTIONS(X)
#undef X
} next = {.malloc = __libc_malloc,
          .calloc = __libc_calloc,
          .realloc = __libc_realloc,
          .free = __libc_free};

static struct inject_truth nowhere, *truth = &nowhere;
static uint64_t every;

static bool next_known;

/* Before the first constructor, libraries allocate: so it is the first call that looks. */
static void next_look_up(void) {
  next_known = true; /* dlsym may allocate: that is libc's */
#define X(result, name, symbol, parameters)                                                        \
  void *name = dlsym(RTLD_NEXT, #symbol);                                                          \
  if (name)                                                                                        \
    next.name = (result(*) parameters)name;
  FUNCTIONS(X)
#undef X
}

static inline void next_find(void) {
  if (__builtin_expect(!next_known, 0))
    next_look_up();
}

static void truth_path(const char *pattern, char *out, size_t bytes) {
  const char *place = strstr(pattern, "%p");
  if (place)
    snprintf(out, bytes, "%.*s%d%s", (int)(place - pattern), pattern, (int)getpid(), place + 2);
  else
    snprintf(out, bytes, "%s", pattern);
}

static void truth_open(void) {
  const char *pattern = getenv("INJECT_TRUTH");
  char path[4096];
  if (!pattern)
    return;
  truth_path(pattern, path, sizeof path);
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return;
  if (ftruncate(fd, sizeof *truth) == 0) {
    void *mapped = mmap(NULL, sizeof *truth, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped != MAP_FAILED)
      truth = mapped;
  }
  close(fd);
  truth->magic = INJECT_MAGIC;
}

static void inject_forked(void) {
  blocks_forked();
  if (truth != &nowhere)
    munmap(truth, sizeof *truth);
  truth = &nowhere;
  truth_open();
}

__attribute__((constructor)) static void inject_start(void) {
  int saved = errno;
  next_find();
  const char *rate = getenv("INJECT_EVERY");
  truth_open();
  pthread_atfork(NULL, NULL, inject_forked);
  if (rate && blocks_open() && site_choose(getenv("INJECT_SITE")))
    every = strtoull(rate, NULL, 10);
  errno = saved;
}

static void count(uint64_t *counter, uint64_t amount) {
  __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

/* Inlined into each hook, so that the stack below is that of the hook. */
static inline void *tagged(void *block, size_t size, void *caller) {
  if (every && block && site_has(caller)) {
    count(&truth->allocated, 1);
    if (!blocks_add(block, size))
      count(&truth->untagged, 1);
  }
  return block;
}

/* Whether the free of block is one to be swallowed. */
static bool swallows(void *block) {
  size_t size;
  if (!every || !block || !blocks_take(block, &size))
    return false;
  if ((__atomic_fetch_add(&truth->freed, 1, __ATOMIC_RELAXED) + 1) % every)
    return false;
  count(&truth->swallowed, 1);
  count(&truth->swallowed_bytes, size);
  return true;
}

EXPORT void *malloc(size_t size) {
  next_find();
  return tagged(next.malloc(size), size, CALLER);
}

EXPORT void *calloc(size_t blocks, size_t size) {
  next_find();
  return tagged(next.calloc(blocks, size), blocks * size, CALLER);
}

EXPORT void *realloc(void *old, size_t size) {
  next_find();
  size_t had = 0;
  bool was_tagged = every && old && blocks_take(old, &had);
  void *block = next.realloc(old, size);
  if (!block && was_tagged && size) /* it failed: the old block stands */
    blocks_add(old, had);
  return tagged(block, size, CALLER);
}

EXPORT int posix_memalign(void **block, size_t alignment, size_t size) {
  next_find();
  int result = next.posix_memalign(block, alignment, size);
  tagged(result ? NULL : *block, size, CALLER);
  return result;
}

EXPORT void *aligned_alloc(size_t alignment, size_t size) {
  next_find();
  return tagged(next.aligned_alloc(alignment, size), size, CALLER);
}

EXPORT void free(void *block) {
  next_find();
  if (!swallows(block))
    next.free(block);
}

/* operator new, operator delete and their array forms. */
EXPORT void *_Znwm(size_t size);
EXPORT void *_Znwm(size_t size) {
  next_find();
  return tagged(next.new_one(size), size, CALLER);
}

EXPORT void *_Znam(size_t size);
EXPORT void *_Znam(size_t size) {
  next_find();
  return tagged(next.new_array(size), size, CALLER);
}

EXPORT void _ZdlPv(void *block);
EXPORT void _ZdlPv(void *block) {
  next_find();
  if (!swallows(block))
    next.delete_one(block);
}

EXPORT void _ZdlPvm(void *block, size_t size);
EXPORT void _ZdlPvm(void *block, size_t size) {
  next_find();
  if (!swallows(block))
    next.delete_sized(block, size);
}

EXPORT void _ZdaPv(void *block);
EXPORT void _ZdaPv(void *block) {
  next_find();
  if (!swallows(block))
    next.delete_array(block);
}

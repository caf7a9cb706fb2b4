/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions that stand behind the recorder's: each hands its call on and counts it (page.h).
 *
 * The recorder causes calls of its own, when it opens libunwind or asks the loader for something;
 * they are none of the target's. It can cause them only through what it imports, and all of that
 * which may allocate stands here as well: where it is the recorder that calls, what happens
 * meanwhile in this thread is the recorder's. Calls of anybody else are handed on by a jump, since
 * the loader looks at who calls.
 */
#include "blocks.h"
#include "page.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <seep/attach.h>
#include <stdlib.h>
#include <string.h>

#define COLD __attribute__((cold, noinline))

/* What the recorder hands on: frees have one form then. */
#define TAKING(X)                                                                                  \
  X(void *, malloc, (size_t))                                                                      \
  X(void *, calloc, (size_t, size_t))                                                              \
  X(void *, realloc, (void *, size_t))                                                             \
  X(int, posix_memalign, (void **, size_t, size_t))                                                \
  X(void *, aligned_alloc, (size_t, size_t))                                                       \
  X(void *, memalign, (size_t, size_t))                                                            \
  X(void *, valloc, (size_t))                                                                      \
  X(void *, pvalloc, (size_t))                                                                     \
  X(void, free, (void *))

/* What the recorder imports, and may allocate. */
#define ASIDE(X)                                                                                   \
  X(void *, dlopen, (const char *file, int mode), (file, mode))                                    \
  X(int, dlclose, (void *library), (library))                                                      \
  X(int, pthread_setspecific, (unsigned key, const void *value), (key, value))                     \
  X(int, __register_atfork,                                                                        \
    (void (*before)(void), void (*parent)(void), void (*child)(void), void *library),              \
    (before, parent, child, library))

typedef void end_function(void *);

static struct {
#define X(result, name, parameters) result(*name) parameters;
  TAKING(X)
#undef X
#define X(result, name, parameters, arguments) result(*name) parameters;
  ASIDE(X)
#undef X
  void *(*dlsym)(void *, const char *);
  int (*__cxa_atexit)(end_function *, void *, void *);
  int (*__cxa_at_quick_exit)(end_function *, void *);
} real;

static uintptr_t recorder_start, recorder_bytes; /* its code; 0 bytes: nothing is counted */
static __thread unsigned recorders __attribute__((tls_model("initial-exec")));
/* What an operator new asked for, which asks malloc for more than nothing, and whole alignments. */
static __thread size_t asked __attribute__((tls_model("initial-exec")));
static __thread bool is_asked __attribute__((tls_model("initial-exec")));

/* ---- The start
 * --------------------------------------------------------------------------------------------*/

static void find_recorder(void) {
  Dl_info info;
  void *entry = real.dlsym(RTLD_DEFAULT, SEEP_ATTACH_ENTRY);
  if (!entry || !dladdr(entry, &info))
    return;
  const ElfW(Ehdr) *elf = info.dli_fbase;
  const ElfW(Phdr) *header = (const void *)((uintptr_t)elf + elf->e_phoff);
  recorder_start = (uintptr_t)elf;
  for (int i = 0; i < elf->e_phnum; i++)
    if (header[i].p_type == PT_LOAD)
      recorder_bytes = header[i].p_vaddr + header[i].p_memsz;
}

/* By whoever calls first: long before there is a second thread. dlvsym does not come back here. */
static COLD void look_up(void) {
  int saved = errno;
  real.dlsym = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
  page_start();
#define X(result, name, ...) real.name = real.dlsym(RTLD_NEXT, #name);
  ASIDE(X)
  X(int, __cxa_atexit)
  X(int, __cxa_at_quick_exit)
  TAKING(X)
#undef X
  find_recorder();
  errno = saved;
}

static void get_ready(void) {
  if (__builtin_expect(!real.free, 0))
    look_up();
}

__attribute__((constructor)) static void construct(void) {
  get_ready();
}

static bool is_recorder(const void *caller) {
  return (uintptr_t)caller - recorder_start < recorder_bytes;
}

/* Whether the hook that called us was called by the recorder itself, as its self-test does. frame
 * is ours; hooks have frames, too. One that is left by a jump is not there. */
static bool is_recorders(void *const *frame) {
  return recorders || (is_recorder(frame[1]) && is_recorder(((void *const *)frame[0])[1]));
}
#define IS_RECORDERS is_recorders(__builtin_frame_address(0))

/* ---- What the target calls
 * --------------------------------------------------------------------------------------------*/

static void *counted(void *block, size_t size, bool by_recorder) {
  if (is_asked && !by_recorder) {
    is_asked = false;
    size = asked;
  }
  if (recorder_bytes)
    page_count_allocation(block, size, by_recorder);
  return block;
}

void *malloc(size_t size) {
  get_ready();
  return counted(real.malloc(size), size, IS_RECORDERS);
}

void *calloc(size_t count, size_t size) {
  get_ready();
  return counted(real.calloc(count, size), count * size, IS_RECORDERS);
}

void free(void *block) {
  get_ready();
  if (block && recorder_bytes)
    page_count_free(blocks_take(block), IS_RECORDERS);
  real.free(block);
}

/* The entry is out while the call lasts: another thread may get the address meanwhile. */
void *realloc(void *old, size_t size) {
  get_ready();
  if (!old)
    return counted(real.realloc(old, size), size, IS_RECORDERS);
  struct blocks_entry entry = blocks_take(old);
  void *block = real.realloc(old, size);
  if (!block && size)
    blocks_put(old, entry);
  else if (recorder_bytes)
    page_count_free(entry, IS_RECORDERS);
  if (block && recorder_bytes)
    page_count_realloc(IS_RECORDERS);
  return counted(block, size, IS_RECORDERS);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  get_ready();
  int result = real.posix_memalign(block, alignment, size);
  counted(result ? NULL : *block, size, IS_RECORDERS);
  return result;
}

void *aligned_alloc(size_t alignment, size_t size) {
  get_ready();
  return counted(real.aligned_alloc(alignment, size), size, IS_RECORDERS);
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size) {
  get_ready();
  return counted(real.memalign(alignment, size), size, IS_RECORDERS);
}

void *valloc(size_t size);
void *valloc(size_t size) {
  get_ready();
  return counted(real.valloc(size), size, IS_RECORDERS);
}

void *pvalloc(size_t size);
void *pvalloc(size_t size) {
  get_ready();
  return counted(real.pvalloc(size), size, IS_RECORDERS);
}

/* ---- Operators of C++: the malloc inside counts, with what they were asked for
 * --------------------------------------------------------------------------------------------*/

/* The loader allocates while it looks: as the target, for the recorder sees it so as well. */
static COLD void *find_operator(const char *name) {
  static const char *const runtimes[] = {"libstdc++.so.6", "libc++.so.1"};
  bool was_asked = is_asked; /* new[] calls new */
  is_asked = false;
  void *found = real.dlsym(RTLD_NEXT, name);
  for (size_t i = 0; !found && i < sizeof runtimes / sizeof *runtimes; i++) {
    void *library = real.dlopen(runtimes[i], RTLD_LAZY | RTLD_NOLOAD);
    found = library ? real.dlsym(library, name) : NULL;
  }
  is_asked = was_asked;
  return found;
}

#define NEW(name, parameters, arguments)                                                           \
  void *name parameters;                                                                           \
  void *name parameters {                                                                          \
    static void *(*behind)parameters;                                                              \
    get_ready();                                                                                   \
    if (!behind && !(behind = find_operator(#name)))                                               \
      return malloc(size);                                                                         \
    asked = size;                                                                                  \
    is_asked = true;                                                                               \
    void *block = behind arguments;                                                                \
    return is_asked ? counted(block, size, recorders) : block;                                     \
  }

NEW(_Znwm, (size_t size), (size))
NEW(_Znam, (size_t size), (size))
NEW(_ZnwmRKSt9nothrow_t, (size_t size, const void *nothrow), (size, nothrow))
NEW(_ZnamRKSt9nothrow_t, (size_t size, const void *nothrow), (size, nothrow))
NEW(_ZnwmSt11align_val_t, (size_t size, size_t align), (size, align))
NEW(_ZnamSt11align_val_t, (size_t size, size_t align), (size, align))
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, (size_t size, size_t align, const void *nothrow),
    (size, align, nothrow))
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, (size_t size, size_t align, const void *nothrow),
    (size, align, nothrow))

/* ---- What the recorder calls
 * --------------------------------------------------------------------------------------------*/

#define X(result, name, parameters, arguments)                                                     \
  static COLD result recorders_##name parameters {                                                 \
    recorders++;                                                                                   \
    result given = real.name arguments;                                                            \
    recorders--;                                                                                   \
    return given;                                                                                  \
  }                                                                                                \
  result name parameters;                                                                          \
  result name parameters {                                                                         \
    get_ready();                                                                                   \
    if (is_recorder(__builtin_return_address(0)))                                                  \
      return recorders_##name arguments;                                                           \
    return real.name arguments;                                                                    \
  }
ASIDE(X)
#undef X

/* Behind the recorder stand we, which the C library cannot know where it is we who ask. */
static void *of_ours(const char *name) {
#define X(result, function, ...)                                                                   \
  if (!strcmp(name, #function))                                                                    \
    return (void *)function;
  TAKING(X)
#define Y(function) X(void *, function)
  Y(_Znwm)
  Y(_Znam)
  Y(_ZnwmRKSt9nothrow_t)
  Y(_ZnamRKSt9nothrow_t)
  Y(_ZnwmSt11align_val_t)
  Y(_ZnamSt11align_val_t)
  Y(_ZnwmSt11align_val_tRKSt9nothrow_t)
  Y(_ZnamSt11align_val_tRKSt9nothrow_t)
#undef Y
#undef X
  return NULL;
}

static COLD void *recorders_dlsym(void *library, const char *name) {
  recorders++;
  void *found = library == RTLD_NEXT ? of_ours(name) : NULL;
  if (!found)
    found = real.dlsym(library, name);
  recorders--;
  return found;
}

void *dlsym(void *library, const char *name) {
  get_ready();
  if (is_recorder(__builtin_return_address(0)))
    return recorders_dlsym(library, name);
  return real.dlsym(library, name);
}

static void before_end(void *unused) {
  (void)unused;
  page_note_end(false);
}

static void after_end(void *unused) {
  (void)unused;
  page_note_end(true);
}

/* The recorder's end, between two of ours: what is registered first runs last. */
int __cxa_atexit(end_function *function, void *argument, void *library);
int __cxa_atexit(end_function *function, void *argument, void *library) {
  get_ready();
  if (!is_recorder(__builtin_return_address(0)))
    return real.__cxa_atexit(function, argument, library);
  recorders++;
  real.__cxa_atexit(after_end, NULL, NULL);
  int result = real.__cxa_atexit(function, argument, library);
  real.__cxa_atexit(before_end, NULL, NULL);
  recorders--;
  return result;
}

int __cxa_at_quick_exit(end_function *function, void *library);
int __cxa_at_quick_exit(end_function *function, void *library) {
  get_ready();
  if (!is_recorder(__builtin_return_address(0)))
    return real.__cxa_at_quick_exit(function, library);
  recorders++;
  real.__cxa_at_quick_exit(after_end, library);
  int result = real.__cxa_at_quick_exit(function, library);
  real.__cxa_at_quick_exit(before_end, library);
  recorders--;
  return result;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The interposed functions of C. Rules of the house, for everything in this folder: no call that
 * may allocate, no stdio, no lock that is waited for, errno stays as the real function left it,
 * never exit.
 */
#include "real.h"
#include "record.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define HOOK __attribute__((visibility("default")))
#define COLD __attribute__((cold, noinline))
/* While the real functions are being looked up, dlsym's own calls come out of the pool. */
#define UNKNOWN(name) __builtin_expect(!real.name, 0)

static COLD void *pool_or_null(size_t size, size_t alignment) {
  void *block = real_pool_take(size, alignment);
  if (!block)
    errno = ENOMEM;
  return block;
}

HOOK void *malloc(size_t size) {
  RECORD_BEGIN(allocation);
  if (UNKNOWN(malloc))
    return pool_or_null(size, 16);
  return record_end(&allocation, real.malloc(size), size, 0);
}

HOOK void *calloc(size_t count, size_t size) {
  RECORD_BEGIN(allocation);
  if (UNKNOWN(calloc)) /* the pool is zeroes, and is used once */
    return size && count > SIZE_MAX / size ? NULL : pool_or_null(count * size, 16);
  return record_end(&allocation, real.calloc(count, size), count * size, 0);
}

static COLD void *leave_pool(void *old, size_t size) {
  size_t had = real_pool_size(old);
  void *block = malloc(size);
  if (block)
    memcpy(block, old, had < size ? had : size);
  return block;
}

/* With size 0 a NULL means freed. */
static inline __attribute__((always_inline)) void *resized(struct record_allocation *allocation,
                                                           void *old, size_t size) {
  if (__builtin_expect(!allocation->thread, 0)) {
    record_elsewhere(size);
    return real.realloc(old, size);
  }
  record_resize_begin(allocation, old);
  thread_in_real(allocation->thread);
  void *block = real.realloc(old, size);
  record_resize_end(allocation, old, block, size, size);
  return block;
}

HOOK void *realloc(void *old, size_t size) {
  if (__builtin_expect(real_pool_owns(old), 0))
    return leave_pool(old, size);
  RECORD_BEGIN(allocation);
  if (UNKNOWN(realloc))
    return old ? leave_pool(old, size) : pool_or_null(size, 16);
  return resized(&allocation, old, size);
}

HOOK void *reallocarray(void *old, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  if (__builtin_expect(real_pool_owns(old), 0))
    return leave_pool(old, bytes);
  RECORD_BEGIN(allocation);
  if (UNKNOWN(realloc))
    return old ? leave_pool(old, bytes) : pool_or_null(bytes, 16);
  return resized(&allocation, old, bytes);
}

HOOK void free(void *block) {
  if (!block || __builtin_expect(real_pool_owns(block), 0))
    return;
  struct thread *thread = thread_enter();
  if (__builtin_expect(thread != NULL, 1)) {
    uintptr_t pc = (uintptr_t)__builtin_return_address(0);
    if (loader_has(pc))
      capture_module_check(pc);
    record_freed(thread, block, 0);
    thread_in_real(thread);
  }
  if (!UNKNOWN(free))
    real.free(block);
  if (__builtin_expect(thread != NULL, 1))
    thread_leave(thread);
}

/* Old programs only; where libc has it no more it is free under another name, as are the sized
 * forms before glibc 2.41. */
HOOK void cfree(void *block);
HOOK void cfree(void *block) {
  free(block);
}

HOOK void free_sized(void *block, size_t size);
HOOK void free_sized(void *block, size_t size) {
  (void)size;
  free(block);
}

HOOK void free_aligned_sized(void *block, size_t alignment, size_t size);
HOOK void free_aligned_sized(void *block, size_t alignment, size_t size) {
  (void)alignment;
  (void)size;
  free(block);
}

HOOK int posix_memalign(void **block, size_t alignment, size_t size) {
  RECORD_BEGIN(allocation);
  if (UNKNOWN(posix_memalign))
    return (*block = real_pool_take(size, alignment)) ? 0 : ENOMEM;
  int result = real.posix_memalign(block, alignment, size);
  record_end(&allocation, result == 0 ? *block : NULL, size, SEEP_EVENT_ALIGNED);
  return result;
}

HOOK void *aligned_alloc(size_t alignment, size_t size) {
  RECORD_BEGIN(allocation);
  if (UNKNOWN(aligned_alloc))
    return pool_or_null(size, alignment);
  return record_end(&allocation, real.aligned_alloc(alignment, size), size, SEEP_EVENT_ALIGNED);
}

HOOK void *memalign(size_t alignment, size_t size);
HOOK void *memalign(size_t alignment, size_t size) {
  RECORD_BEGIN(allocation);
  if (UNKNOWN(memalign))
    return pool_or_null(size, alignment);
  return record_end(&allocation, real.memalign(alignment, size), size, SEEP_EVENT_ALIGNED);
}

HOOK void *valloc(size_t size);
HOOK void *valloc(size_t size) {
  RECORD_BEGIN(allocation);
  if (UNKNOWN(valloc))
    return pool_or_null(size, 4096);
  return record_end(&allocation, real.valloc(size), size, SEEP_EVENT_ALIGNED);
}

HOOK void *pvalloc(size_t size);
HOOK void *pvalloc(size_t size) {
  RECORD_BEGIN(allocation);
  if (UNKNOWN(pvalloc))
    return pool_or_null((size + 4095) & ~(size_t)4095, 4096);
  return record_end(&allocation, real.pvalloc(size), size, SEEP_EVENT_ALIGNED);
}

bool record_paused(struct thread *thread, uint32_t control) {
  if (control == SEEP_CONTROL_PAUSE)
    thread_count(&thread->slot->paused_events);
  return false;
}

/* A realloc's path is its allocation's, too: not one that a free alone made. */
static uint32_t free_context(struct thread *thread, unsigned flags,
                             const struct capture_place *place) {
  struct capture_path path;
  record_guard(thread);
  capture_walk(thread->capture, place->pc, place->sp, place->rbp, &path);
  if (!(flags & SEEP_EVENT_REALLOC))
    path.flags = SEEP_CONTEXT_FREES;
  return record_resolve(thread, &path);
}

void record_freed_at(struct thread *thread, const void *address, unsigned flags,
                     struct frees_count *count, const struct capture_place *place) {
  uintptr_t busy =
      thread_busy(thread); /* a hook may have entered the real function's part already */
  uint32_t weight = frees_draw(&thread->frees, count);
  uint64_t context = weight ? free_context(thread, flags, place) : 0;
  thread_set_busy(thread, busy);
  enum seep_kind kind = context ? SEEP_KIND_SAMPLED : SEEP_KIND_FREE;
  thread_append(thread, clock_stamp(), record_where(address, kind, flags),
                context ? context << 32 | weight : 0);
}

void record_freed_drawn(struct thread *thread, const void *address, unsigned flags,
                        struct frees_count *count, const uintptr_t *frame) {
  struct capture_place place;
  CAPTURE_AT(frame, place.pc, place.sp, place.rbp);
  record_freed_at(thread, address, flags, count, &place);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The hot path: what a hook does around the real call. An allocation is stamped after the real call
 * returned, a free before it is made (see format.h). To be used in functions that keep their frame
 * pointer; everything is inlined into the hook, so that the frame is the hook's.
 */
#ifndef SEEP_RECORD_H
#define SEEP_RECORD_H

#include "capture.h"
#include "clock.h"
#include "loader.h"
#include "offspring.h"
#include "settings.h"
#include "thread.h"

#define RECORD_INLINE static inline __attribute__((always_inline))

struct record_allocation {
  struct thread *thread; /* NULL: nothing is recorded */
  bool recorded;
  struct capture_path path;
};

/* An allocation that came while control (which may have changed since) did not say RECORD. */
__attribute__((cold)) bool record_paused(struct thread *thread, uint32_t control);

RECORD_INLINE uint64_t record_where(const void *address, enum seep_kind kind, unsigned flags) {
  return ((uintptr_t)address & SEEP_ADDRESS_MASK) | (uint64_t)kind << SEEP_KIND_SHIFT |
         (uint64_t)flags << SEEP_FLAG_SHIFT;
}

/* Our own code is at work. Where it calls libunwind, which allocates, hooks called from here on are
 * not the target's: they are passed through as the real function's are. */
RECORD_INLINE void record_guard(struct thread *thread) {
  if (__builtin_expect(settings.calls_out, 0))
    thread_in_silence(thread);
  else
    thread_in_recorder(thread);
}

/* In a hook that has entered: the stack. */
RECORD_INLINE void record_capture(struct record_allocation *allocation, uintptr_t pc, uintptr_t sp,
                                  uintptr_t rbp) {
  struct thread *thread = allocation->thread;
  allocation->recorded = true;
  uint32_t control = stage_control();
  if (__builtin_expect(control != SEEP_CONTROL_RECORD, 0))
    allocation->recorded = record_paused(thread, control);
  if (loader_has(pc))
    capture_module_check(pc);
  record_guard(thread);
  if (__builtin_expect(allocation->recorded, 1))
    capture_walk(thread->capture, pc, sp, rbp, &allocation->path);
}

RECORD_INLINE uint32_t record_resolve(struct thread *thread, struct capture_path *path) {
  uint32_t context = capture_resolve(thread->capture, path);
  if (__builtin_expect(path->truncated, 0))
    thread_count(&thread->slot->truncated_stacks);
  thread_count(&thread->slot->captures);
  return context;
}

RECORD_INLINE void record_append(struct thread *thread, uint64_t stamp, const void *address,
                                 enum seep_kind kind, unsigned flags, uint32_t context,
                                 size_t size) {
  uint64_t where = record_where(address, kind, flags), high = (uint64_t)context << 32;
  if (__builtin_expect(size < SEEP_SIZE_WIDE, 1)) {
    thread_append(thread, stamp, where, high | size);
  } else { /* both records before committed says so: written in place, then counted */
    struct seep_record *wide = thread->next + 1;
    wide->stamp = stamp;
    wide->where = (uint64_t)SEEP_KIND_WIDE << SEEP_KIND_SHIFT;
    wide->what = size;
    thread_append(thread, stamp, where, high | SEEP_SIZE_WIDE);
    thread_append(thread, stamp, wide->where, size);
  }
}

/* After the real call: the block's record. address NULL: the call failed. */
RECORD_INLINE void record_allocated(struct record_allocation *allocation, const void *address,
                                    size_t size, enum seep_kind kind, unsigned flags) {
  struct thread *thread = allocation->thread;
  if (__builtin_expect(address && allocation->recorded, 1)) {
    uint64_t stamp = clock_stamp();
    uint32_t context = record_resolve(thread, &allocation->path);
    thread->last_address = (uintptr_t)address;
    record_append(thread, stamp, address, kind, flags, context, size);
  }
}

/* A free whose stack may be wanted, of a call made at pc with sp and rbp. */
__attribute__((cold, noinline)) void record_freed_at(struct thread *thread, const void *address,
                                                     unsigned flags, struct frees_count *count,
                                                     const struct capture_place *place);
/* The same, with the hook's frame. */
__attribute__((cold, noinline)) void record_freed_drawn(struct thread *thread, const void *address,
                                                        unsigned flags, struct frees_count *count,
                                                        const uintptr_t *frame);

RECORD_INLINE void record_freed(struct thread *thread, const void *address, unsigned flags) {
  const uintptr_t *frame = __builtin_frame_address(0);
  struct frees_count *count = frees_count(&thread->frees, frame);
  if (frees_due(count))
    record_freed_drawn(thread, address, flags, count, frame);
  else
    thread_append(thread, clock_stamp(), record_where(address, SEEP_KIND_FREE, flags), 0);
}

/* The same, of a call made elsewhere. */
RECORD_INLINE void record_freed_from(struct thread *thread, const void *address, unsigned flags,
                                     const struct capture_place *place) {
  struct frees_count *count = frees_count_at(&thread->frees, place->pc, place->sp);
  if (frees_due(count))
    record_freed_at(thread, address, flags, count, place);
  else
    thread_append(thread, clock_stamp(), record_where(address, SEEP_KIND_FREE, flags), 0);
}

/* Of a call made while the thread's own block was being freed by realloc: it was not freed. */
RECORD_INLINE void record_unfreed(struct thread *thread, const void *address) {
  thread_append(thread, clock_stamp(), record_where(address, SEEP_KIND_UNFREE, 0), 0);
}

/* The usual hook that allocates, around its real call:
 *     RECORD_BEGIN(allocation);
 *     void *block = REAL(malloc)(size);
 *     return record_end(&allocation, block, size, 0); */
#define RECORD_BEGIN(allocation) RECORD_BEGIN_AS(allocation, thread_enter(), thread_in_real)

/* The same with another way to enter and another guard during the real call. */
#define RECORD_BEGIN_AS(allocation, enter, during)                                                 \
  struct record_allocation allocation;                                                             \
  allocation.thread = enter;                                                                       \
  if (__builtin_expect(allocation.thread != NULL, 1)) {                                            \
    uintptr_t pc_, sp_, rbp_;                                                                      \
    CAPTURE_HERE(pc_, sp_, rbp_);                                                                  \
    record_capture(&allocation, pc_, sp_, rbp_);                                                   \
    during(allocation.thread);                                                                     \
  }

/* An allocation that is not recorded: that of a child that is not. */
RECORD_INLINE void record_elsewhere(size_t size) {
  if (offspring_counting)
    offspring_add(size);
}

RECORD_INLINE void *record_end(struct record_allocation *allocation, void *address, size_t size,
                               unsigned flags) {
  if (__builtin_expect(allocation->thread != NULL, 1)) {
    record_guard(allocation->thread);
    record_allocated(allocation, address, size, SEEP_KIND_ALLOC, flags);
    thread_leave(allocation->thread);
  } else {
    record_elsewhere(size);
  }
  return address;
}

/* A realloc is a free before the real call and an allocation after it; if it failed, the free did
 * not take place. old NULL: nothing is freed. */
RECORD_INLINE void record_resize_begin(struct record_allocation *allocation, const void *old) {
  if (old)
    record_freed(allocation->thread, old, SEEP_EVENT_REALLOC);
}

/* kept: what a NULL means, that the old block stands as before. */
RECORD_INLINE void record_resize_end(struct record_allocation *allocation, const void *old,
                                     const void *block, size_t size, bool kept) {
  record_guard(allocation->thread);
  if (block)
    record_allocated(allocation, block, size, SEEP_KIND_ALLOC, old ? SEEP_EVENT_REALLOC : 0);
  else if (old && kept)
    record_unfreed(allocation->thread, old);
  thread_leave(allocation->thread);
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The interposed operators of C++.
 *
 * operator new may throw, and may run the program's new_handler: no guard of ours must be set while
 * it is at work. So the real one is called unguarded, and its own call of malloc is what records.
 * Only if that did not happen (an allocator whose operator new does not call malloc) the block is
 * recorded here.
 */
#include "real.h"
#include "record.h"

#include <stdlib.h>

#define OPERATOR __attribute__((visibility("default")))
#define COLD __attribute__((cold, noinline))

/* libstdc++ may have come with a dlopen, after the look-up at the start. */
#define LOOK_UP(name)                                                                              \
  do {                                                                                             \
    if (__builtin_expect(!real.name, 0))                                                           \
      real.name = (__typeof__(real.name))real_look_up_late(#name);                                 \
  } while (0)

/* The record that malloc made of this block, changed to what the program asked for: operator new
 * asks for one byte instead of none, and for whole multiples of the alignment. */
static inline __attribute__((always_inline)) void told_by_malloc(struct thread *thread, size_t size,
                                                                 unsigned flags) {
  struct seep_record *record = thread->next - 1;
  record->where |= (uint64_t)flags << SEEP_FLAG_SHIFT;
  if (size < SEEP_SIZE_WIDE && (uint32_t)record->what != SEEP_SIZE_WIDE)
    record->what = (record->what & 0xffffffff00000000u) | size;
}

static inline __attribute__((always_inline)) void before_new(void) {
  thread_self->last_address = 0;
}

/* Needs the frame of the operator: records it as the allocation's innermost frame's callee. */
#define AFTER_NEW(block, size, flags)                                                              \
  do {                                                                                             \
    struct thread *known_ = thread_self;                                                           \
    if (__builtin_expect((block) && known_->last_address == (uintptr_t)(block), 1)) {              \
      told_by_malloc(known_, size, SEEP_EVENT_NEW | (flags));                                      \
    } else if (block) {                                                                            \
      RECORD_BEGIN(allocation_);                                                                   \
      record_end(&allocation_, block, size, SEEP_EVENT_NEW | (flags));                             \
    }                                                                                              \
  } while (0)

#define NEW(name, flags, parameters, arguments)                                                    \
  OPERATOR void *name parameters;                                                                  \
  OPERATOR void *name parameters {                                                                 \
    LOOK_UP(name);                                                                                 \
    if (__builtin_expect(!real.name, 0)) /* no C++ library anywhere: whoever calls this is odd */  \
      return malloc(size);                                                                         \
    before_new();                                                                                  \
    void *block = real.name arguments;                                                             \
    AFTER_NEW(block, size, flags);                                                                 \
    return block;                                                                                  \
  }

NEW(_Znwm, 0, (size_t size), (size))
NEW(_Znam, 0, (size_t size), (size))
NEW(_ZnwmRKSt9nothrow_t, 0, (size_t size, const void *nothrow), (size, nothrow))
NEW(_ZnamRKSt9nothrow_t, 0, (size_t size, const void *nothrow), (size, nothrow))
NEW(_ZnwmSt11align_val_t, SEEP_EVENT_ALIGNED, (size_t size, size_t align), (size, align))
NEW(_ZnamSt11align_val_t, SEEP_EVENT_ALIGNED, (size_t size, size_t align), (size, align))
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, SEEP_EVENT_ALIGNED,
    (size_t size, size_t align, const void *nothrow), (size, align, nothrow))
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, SEEP_EVENT_ALIGNED,
    (size_t size, size_t align, const void *nothrow), (size, align, nothrow))

/* operator delete does not throw: a guard may stand while the real one calls free. */
static inline __attribute__((always_inline)) struct thread *before_delete(void *block) {
  struct thread *thread = block ? thread_enter() : NULL;
  if (__builtin_expect(thread != NULL, 1)) {
    record_freed(thread, block, SEEP_EVENT_NEW);
    thread_in_silence(thread);
  }
  return thread;
}

#define DELETE(name, parameters, arguments)                                                        \
  OPERATOR void name parameters;                                                                   \
  OPERATOR void name parameters {                                                                  \
    LOOK_UP(name);                                                                                 \
    if (__builtin_expect(!real.name, 0)) {                                                         \
      free(block);                                                                                 \
      return;                                                                                      \
    }                                                                                              \
    struct thread *thread = before_delete(block);                                                  \
    real.name arguments;                                                                           \
    if (__builtin_expect(thread != NULL, 1))                                                       \
      thread_leave(thread);                                                                        \
  }

DELETE(_ZdlPv, (void *block), (block))
DELETE(_ZdaPv, (void *block), (block))
DELETE(_ZdlPvm, (void *block, size_t size), (block, size))
DELETE(_ZdaPvm, (void *block, size_t size), (block, size))
DELETE(_ZdlPvRKSt9nothrow_t, (void *block, const void *nothrow), (block, nothrow))
DELETE(_ZdaPvRKSt9nothrow_t, (void *block, const void *nothrow), (block, nothrow))
DELETE(_ZdlPvSt11align_val_t, (void *block, size_t align), (block, align))
DELETE(_ZdaPvSt11align_val_t, (void *block, size_t align), (block, align))
DELETE(_ZdlPvmSt11align_val_t, (void *block, size_t size, size_t align), (block, size, align))
DELETE(_ZdaPvmSt11align_val_t, (void *block, size_t size, size_t align), (block, size, align))
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, (void *block, size_t align, const void *nothrow),
       (block, align, nothrow))
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, (void *block, size_t align, const void *nothrow),
       (block, align, nothrow))

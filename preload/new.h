/* SPDX-License-Identifier: Apache-2.0
 *
 * Around the real call of an operator new or delete.
 *
 * operator new may throw, and may run the program's new_handler: no guard of ours must be set while
 * it is at work. So the real one is called unguarded, and its own call of malloc is what records.
 * Only if that did not happen (an allocator whose operator new does not call malloc) the block is
 * recorded by the operator's hook.
 */
#ifndef SEEP_NEW_H
#define SEEP_NEW_H

#include "record.h"

/* The record that malloc made of this block, changed to what the program asked for: operator new
 * asks for one byte instead of none, and for whole multiples of the alignment. */
RECORD_INLINE void new_told_by_malloc(struct thread *thread, size_t size, unsigned flags) {
  struct seep_record *record = thread->next - 1;
  record->where |= (uint64_t)flags << SEEP_FLAG_SHIFT;
  if (size < SEEP_SIZE_WIDE && (uint32_t)record->what != SEEP_SIZE_WIDE)
    record->what = (record->what & 0xffffffff00000000u) | size;
}

RECORD_INLINE void new_before(void) {
  thread_self->last_address = 0;
}

/* Needs the frame of the operator: records it as the allocation's innermost frame's callee. */
#define NEW_AFTER(block, size, flags)                                                              \
  do {                                                                                             \
    struct thread *known_ = thread_self;                                                           \
    if (__builtin_expect((block) && known_->last_address == (uintptr_t)(block), 1)) {              \
      new_told_by_malloc(known_, size, SEEP_EVENT_NEW | (flags));                                  \
    } else if (block) {                                                                            \
      RECORD_BEGIN(allocation_);                                                                   \
      if (allocation_.thread) /* else malloc has counted it, if anyone does */                     \
        record_end(&allocation_, block, size, SEEP_EVENT_NEW | (flags));                           \
    }                                                                                              \
  } while (0)

/* operator delete does not throw: a guard may stand while the real one calls free. */
RECORD_INLINE struct thread *new_before_delete(void *block) {
  struct thread *thread = block ? thread_enter() : NULL;
  if (__builtin_expect(thread != NULL, 1)) {
    record_freed(thread, block, SEEP_EVENT_NEW);
    thread_in_silence(thread);
  }
  return thread;
}

#endif

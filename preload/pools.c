/* SPDX-License-Identifier: Apache-2.0
 *
 * seep_alloc and seep_free: blocks of the service's own arenas and pools. Their addresses lie
 * inside blocks that were recorded already, often at their very start: so that the two are told
 * apart, they are recorded with a bit that no address of a program has (SEEP_ADDRESS_OWN).
 */
#include "record.h"

#include <seep/seep.h>

#define API __attribute__((visibility("default")))

static const void *own(const void *block) {
  return (const void *)((uintptr_t)block | SEEP_ADDRESS_OWN);
}

API void seep_put_alloc(const void *block, size_t size) {
  if (!block)
    return;
  RECORD_BEGIN(allocation);
  if (!allocation.thread)
    return;
  record_guard(allocation.thread);
  record_allocated(&allocation, own(block), size, SEEP_KIND_ALLOC, 0);
  thread_leave(allocation.thread);
}

API void seep_put_free(const void *block) {
  struct thread *thread = block ? thread_enter() : NULL;
  if (!thread)
    return;
  record_freed(thread, own(block), 0);
  thread_leave(thread);
}

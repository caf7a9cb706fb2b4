/* SPDX-License-Identifier: Apache-2.0
 *
 * The interposed operators of C++.
 */
#include "new.h"
#include "real.h"

#include <stdlib.h>

#define OPERATOR __attribute__((visibility("default")))
#define COLD __attribute__((cold, noinline))

/* libstdc++ may have come with a dlopen, after the look-up at the start. */
#define LOOK_UP(name)                                                                              \
  do {                                                                                             \
    if (__builtin_expect(!real.name, 0))                                                           \
      real.name = (__typeof__(real.name))real_look_up_late(#name);                                 \
  } while (0)

#define NEW(name, flags, parameters, arguments)                                                    \
  OPERATOR void *name parameters;                                                                  \
  OPERATOR void *name parameters {                                                                 \
    LOOK_UP(name);                                                                                 \
    if (__builtin_expect(!real.name, 0)) /* no C++ library anywhere: whoever calls this is odd */  \
      return malloc(size);                                                                         \
    new_before();                                                                                  \
    void *block = real.name arguments;                                                             \
    NEW_AFTER(block, size, flags);                                                                 \
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

#define DELETE(name, parameters, arguments)                                                        \
  OPERATOR void name parameters;                                                                   \
  OPERATOR void name parameters {                                                                  \
    LOOK_UP(name);                                                                                 \
    if (__builtin_expect(!real.name, 0)) {                                                         \
      free(block);                                                                                 \
      return;                                                                                      \
    }                                                                                              \
    struct thread *thread = new_before_delete(block);                                              \
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

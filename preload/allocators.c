/* SPDX-License-Identifier: Apache-2.0
 *
 * The entry points of other allocators: for each a line that says what it does.
 *
 * They are looked up when they are first called, so that a program without them does not pay for
 * them. Allocators call their own entry points from inside: the outermost hook records, and the
 * inner ones are nothing that was lost.
 */
#include "allocators.h"
#include "new.h"
#include "real.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HOOK __attribute__((visibility("default")))
#define COLD __attribute__((cold, noinline))

static struct {
#define X(result, name, parameters) result(*name) parameters;
  ALLOCATORS(X)
#undef X
} behind;

/* false: nobody defines it, and the program has found ours through a weak reference. The C library
 * answers then, for blocks of all such functions. */
#define KNOWN(name)                                                                                \
  (__builtin_expect(behind.name != NULL, 1) ||                                                     \
   (behind.name = (__typeof__(behind.name))real_look_up_late(#name)) != NULL)

/* Zeroed and, if asked for, aligned: good for every function that allocates. */
static COLD void *substitute(size_t size, size_t alignment) {
  if (alignment <= 16)
    return calloc(1, size);
  void *block = aligned_alloc(alignment, (size + alignment - 1) & ~(alignment - 1));
  return block ? memset(block, 0, size) : NULL;
}

RECORD_INLINE struct thread *enter(void) {
  uintptr_t busy = thread_busy(thread_self);
  if (__builtin_expect(busy > THREAD_RECORDER && (uintptr_t)__builtin_frame_address(0) <= busy, 0))
    return NULL;
  return thread_enter();
}

#define BEGIN(allocation) RECORD_BEGIN_AS(allocation, enter(), thread_in_silence)

/* ---- Allocates size bytes (as the arguments say it), or returns NULL. */
#define TAKE(result, name, parameters, arguments, size, alignment, flags)                          \
  HOOK result name parameters;                                                                     \
  HOOK result name parameters {                                                                    \
    if (!KNOWN(name))                                                                              \
      return substitute(size, alignment);                                                          \
    BEGIN(allocation);                                                                             \
    return record_end(&allocation, behind.name arguments, size, flags);                            \
  }

#define ALIGNED SEEP_EVENT_ALIGNED
#define MALLOCX_ALIGNMENT ((size_t)1 << (flags & 63))

TAKE(void *, mallocx, (size_t n, int flags), (n, flags), n, MALLOCX_ALIGNMENT,
     flags & 63 ? ALIGNED : 0)
TAKE(void *, tc_malloc, (size_t n), (n), n, 0, 0)
TAKE(void *, tc_malloc_skip_new_handler, (size_t n), (n), n, 0, 0)
TAKE(void *, tc_calloc, (size_t count, size_t n), (count, n), count *n, 0, 0)
TAKE(void *, tc_memalign, (size_t align, size_t n), (align, n), n, align, ALIGNED)
TAKE(void *, tc_valloc, (size_t n), (n), n, 4096, ALIGNED)
TAKE(void *, tc_pvalloc, (size_t n), (n), n, 4096, ALIGNED)
TAKE(void *, mi_malloc, (size_t n), (n), n, 0, 0)
TAKE(void *, mi_malloc_small, (size_t n), (n), n, 0, 0)
TAKE(void *, mi_zalloc, (size_t n), (n), n, 0, 0)
TAKE(void *, mi_zalloc_small, (size_t n), (n), n, 0, 0)
TAKE(void *, mi_calloc, (size_t count, size_t n), (count, n), count *n, 0, 0)
TAKE(void *, mi_mallocn, (size_t count, size_t n), (count, n), count *n, 0, 0)
TAKE(void *, mi_malloc_aligned, (size_t n, size_t align), (n, align), n, align, ALIGNED)
TAKE(void *, mi_zalloc_aligned, (size_t n, size_t align), (n, align), n, align, ALIGNED)
TAKE(void *, mi_calloc_aligned, (size_t count, size_t n, size_t align), (count, n, align), count *n,
     align, ALIGNED)
TAKE(void *, mi_memalign, (size_t align, size_t n), (align, n), n, align, ALIGNED)
TAKE(void *, mi_aligned_alloc, (size_t align, size_t n), (align, n), n, align, ALIGNED)
TAKE(void *, mi_valloc, (size_t n), (n), n, 4096, ALIGNED)
TAKE(void *, mi_pvalloc, (size_t n), (n), n, 4096, ALIGNED)
TAKE(void *, mi_heap_malloc, (void *heap, size_t n), (heap, n), n, 0, 0)
TAKE(void *, mi_heap_malloc_small, (void *heap, size_t n), (heap, n), n, 0, 0)
TAKE(void *, mi_heap_zalloc, (void *heap, size_t n), (heap, n), n, 0, 0)
TAKE(void *, mi_heap_calloc, (void *heap, size_t count, size_t n), (heap, count, n), count *n, 0, 0)
TAKE(void *, mi_heap_mallocn, (void *heap, size_t count, size_t n), (heap, count, n), count *n, 0,
     0)
TAKE(void *, mi_heap_malloc_aligned, (void *heap, size_t n, size_t align), (heap, n, align), n,
     align, ALIGNED)
TAKE(void *, mi_heap_zalloc_aligned, (void *heap, size_t n, size_t align), (heap, n, align), n,
     align, ALIGNED)
TAKE(void *, mi_heap_calloc_aligned, (void *heap, size_t count, size_t n, size_t align),
     (heap, count, n, align), count *n, align, ALIGNED)

/* ---- Resizes old to size bytes. KEPT: when it fails, old stays as it was. */
#define RESIZE(name, parameters, arguments, size, KEPT)                                            \
  HOOK void *name parameters;                                                                      \
  HOOK void *name parameters {                                                                     \
    if (!KNOWN(name))                                                                              \
      return realloc(old, size);                                                                   \
    BEGIN(allocation);                                                                             \
    if (__builtin_expect(!allocation.thread, 0)) {                                                 \
      record_elsewhere(size);                                                                      \
      return behind.name arguments;                                                                \
    }                                                                                              \
    record_resize_begin(&allocation, old);                                                         \
    void *block = behind.name arguments;                                                           \
    record_resize_end(&allocation, old, block, size, KEPT);                                        \
    return block;                                                                                  \
  }

RESIZE(rallocx, (void *old, size_t n, int flags), (old, n, flags), n, true)
RESIZE(tc_realloc, (void *old, size_t n), (old, n), n, n)
RESIZE(mi_realloc, (void *old, size_t n), (old, n), n, true)
RESIZE(mi_reallocn, (void *old, size_t count, size_t n), (old, count, n), count *n, true)
RESIZE(mi_reallocf, (void *old, size_t n), (old, n), n, false)
RESIZE(mi_rezalloc, (void *old, size_t n), (old, n), n, true)
RESIZE(mi_recalloc, (void *old, size_t count, size_t n), (old, count, n), count *n, true)
RESIZE(mi_realloc_aligned, (void *old, size_t n, size_t align), (old, n, align), n, true)
RESIZE(mi_expand, (void *old, size_t n), (old, n), n, true)
RESIZE(mi_heap_realloc, (void *heap, void *old, size_t n), (heap, old, n), n, true)
RESIZE(mi_heap_reallocn, (void *heap, void *old, size_t count, size_t n), (heap, old, count, n),
       count *n, true)
RESIZE(mi_heap_reallocf, (void *heap, void *old, size_t n), (heap, old, n), n, false)
RESIZE(mi_heap_rezalloc, (void *heap, void *old, size_t n), (heap, old, n), n, true)
RESIZE(mi_heap_recalloc, (void *heap, void *old, size_t count, size_t n), (heap, old, count, n),
       count *n, true)
RESIZE(mi_heap_realloc_aligned, (void *heap, void *old, size_t n, size_t align),
       (heap, old, n, align), n, true)

/* Resizes in place, to at least size, and returns the size that the block has now. */
HOOK size_t xallocx(void *old, size_t size, size_t extra, int flags);
HOOK size_t xallocx(void *old, size_t size, size_t extra, int flags) {
  if (!KNOWN(xallocx))
    return 0;
  BEGIN(allocation);
  if (!allocation.thread)
    return behind.xallocx(old, size, extra, flags);
  record_resize_begin(&allocation, old);
  size_t now = behind.xallocx(old, size, extra, flags);
  record_resize_end(&allocation, old, now >= size ? old : NULL, size, true);
  return now;
}

/* ---- Frees block. */
#define GIVE(name, parameters, arguments, flags)                                                   \
  HOOK void name parameters;                                                                       \
  HOOK void name parameters {                                                                      \
    if (!KNOWN(name)) {                                                                            \
      free(block);                                                                                 \
      return;                                                                                      \
    }                                                                                              \
    struct thread *thread = block ? enter() : NULL;                                                \
    if (__builtin_expect(thread != NULL, 1)) {                                                     \
      record_freed(thread, block, flags);                                                          \
      thread_in_silence(thread);                                                                   \
    }                                                                                              \
    behind.name arguments;                                                                         \
    if (__builtin_expect(thread != NULL, 1))                                                       \
      thread_leave(thread);                                                                        \
  }

GIVE(dallocx, (void *block, int flags), (block, flags), 0)
GIVE(sdallocx, (void *block, size_t n, int flags), (block, n, flags), 0)
GIVE(tc_free, (void *block), (block), 0)
GIVE(tc_cfree, (void *block), (block), 0)
GIVE(tc_free_sized, (void *block, size_t n), (block, n), 0)
GIVE(tc_delete, (void *block), (block), SEEP_EVENT_NEW)
GIVE(tc_deletearray, (void *block), (block), SEEP_EVENT_NEW)
GIVE(tc_delete_sized, (void *block, size_t n), (block, n), SEEP_EVENT_NEW)
GIVE(tc_deletearray_sized, (void *block, size_t n), (block, n), SEEP_EVENT_NEW)
GIVE(tc_delete_nothrow, (void *block, const void *tag), (block, tag), SEEP_EVENT_NEW)
GIVE(tc_deletearray_nothrow, (void *block, const void *tag), (block, tag), SEEP_EVENT_NEW)
GIVE(mi_free, (void *block), (block), 0)
GIVE(mi_cfree, (void *block), (block), 0)
GIVE(mi_free_size, (void *block, size_t n), (block, n), 0)
GIVE(mi_free_aligned, (void *block, size_t align), (block, align), 0)
GIVE(mi_free_size_aligned, (void *block, size_t n, size_t align), (block, n, align), 0)

/* ---- operator new: may throw and run handlers, so nothing guards it (new.h). */
#define NEW(name, parameters, arguments, size, alignment, flags)                                   \
  HOOK void *name parameters;                                                                      \
  HOOK void *name parameters {                                                                     \
    if (!KNOWN(name))                                                                              \
      return substitute(size, alignment);                                                          \
    new_before();                                                                                  \
    void *block = behind.name arguments;                                                           \
    NEW_AFTER(block, size, flags);                                                                 \
    return block;                                                                                  \
  }

NEW(tc_new, (size_t n), (n), n, 0, 0)
NEW(tc_newarray, (size_t n), (n), n, 0, 0)
NEW(tc_new_nothrow, (size_t n, const void *tag), (n, tag), n, 0, 0)
NEW(tc_newarray_nothrow, (size_t n, const void *tag), (n, tag), n, 0, 0)
NEW(mi_new, (size_t n), (n), n, 0, 0)
NEW(mi_new_n, (size_t count, size_t n), (count, n), count *n, 0, 0)
NEW(mi_new_nothrow, (size_t n), (n), n, 0, 0)
NEW(mi_new_aligned, (size_t n, size_t align), (n, align), n, align, ALIGNED)
NEW(mi_heap_alloc_new, (void *heap, size_t n), (heap, n), n, 0, 0)
NEW(mi_heap_alloc_new_n, (void *heap, size_t count, size_t n), (heap, count, n), count *n, 0, 0)

/* ---- Those that give the block in another way, or do not say its size. */
#define TAKE_INTO(name)                                                                            \
  HOOK int name(void **block, size_t align, size_t n);                                             \
  HOOK int name(void **block, size_t align, size_t n) {                                            \
    if (!KNOWN(name))                                                                              \
      return posix_memalign(block, align, n);                                                      \
    BEGIN(allocation);                                                                             \
    int result = behind.name(block, align, n);                                                     \
    record_end(&allocation, result == 0 ? *block : NULL, n, ALIGNED);                              \
    return result;                                                                                 \
  }

TAKE_INTO(tc_posix_memalign)
TAKE_INTO(mi_posix_memalign)

static COLD char *substitute_text(const char *text, size_t most) {
  size_t length = strnlen(text, most);
  char *copy = substitute(length + 1, 0);
  return copy ? memcpy(copy, text, length) : NULL;
}

#define TAKE_TEXT(name, parameters, arguments, most)                                               \
  HOOK char *name parameters;                                                                      \
  HOOK char *name parameters {                                                                     \
    if (!KNOWN(name))                                                                              \
      return substitute_text(text, most);                                                          \
    BEGIN(allocation);                                                                             \
    char *copy = behind.name arguments;                                                            \
    return record_end(&allocation, copy, copy ? strlen(copy) + 1 : 0, 0);                          \
  }

TAKE_TEXT(mi_strdup, (const char *text), (text), SIZE_MAX)
TAKE_TEXT(mi_strndup, (const char *text, size_t most), (text, most), most)
TAKE_TEXT(mi_heap_strdup, (void *heap, const char *text), (heap, text), SIZE_MAX)
TAKE_TEXT(mi_heap_strndup, (void *heap, const char *text, size_t most), (heap, text, most), most)

/* ---- Frees all of a heap: each of its blocks, which the heap tells. */
typedef bool visit_block(const void *heap, const void *area, void *block, size_t size, void *place);

static bool give_block(const void *heap, const void *area, void *block, size_t size, void *place) {
  (void)heap;
  (void)area;
  (void)size;
  struct thread *thread = block ? enter() : NULL; /* NULL: the area itself */
  if (thread) {
    record_freed_from(thread, block, 0, place);
    thread_leave(thread);
  }
  return true;
}

/* The thread's first heap is never destroyed. */
static COLD void give_blocks(void *heap, struct capture_place *place) {
  bool (*visit)(const void *, bool, visit_block *, void *) = (bool (*)(
      const void *, bool, visit_block *, void *))real_look_up_late("mi_heap_visit_blocks");
  void *(*backing)(void) = (void *(*)(void))real_look_up_late("mi_heap_get_backing");
  if (heap && visit && backing && heap != backing())
    visit(heap, true, give_block, place);
}

HOOK void mi_heap_destroy(void *heap);
HOOK void mi_heap_destroy(void *heap) {
  struct capture_place place;
  CAPTURE_HERE(place.pc, place.sp, place.rbp);
  if (!KNOWN(mi_heap_destroy))
    return;
  give_blocks(heap, &place);
  behind.mi_heap_destroy(heap); /* gives back the heap's own block, by mi_free */
}

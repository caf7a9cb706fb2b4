/* SPDX-License-Identifier: Apache-2.0
 *
 * The one list of interposed functions: it makes the table of real functions, their look-up, and
 * the list that the exports are tested against. X(result, name, parameters).
 *
 * realloc's and free's inner users (reallocarray calls realloc in glibc, operator delete calls
 * free) come back into these hooks: the outermost one records, the guard lets the inner ones pass.
 */
#ifndef SEEP_FUNCTIONS_H
#define SEEP_FUNCTIONS_H

#include <stddef.h>
#include <sys/types.h>

#define FUNCTIONS_C(X)                                                                             \
  X(void *, malloc, (size_t))                                                                      \
  X(void *, calloc, (size_t, size_t))                                                              \
  X(void *, realloc, (void *, size_t))                                                             \
  X(void *, reallocarray, (void *, size_t, size_t))                                                \
  X(void, free, (void *))                                                                          \
  X(void, cfree, (void *))                                                                         \
  X(int, posix_memalign, (void **, size_t, size_t))                                                \
  X(void *, aligned_alloc, (size_t, size_t))                                                       \
  X(void *, memalign, (size_t, size_t))                                                            \
  X(void *, valloc, (size_t))                                                                      \
  X(void *, pvalloc, (size_t))                                                                     \
  X(void, free_sized, (void *, size_t))                                                            \
  X(void, free_aligned_sized, (void *, size_t, size_t))

/* Kept as their own kind, on by option. mmap64 is the same function under another name. */
#define FUNCTIONS_MAP(X)                                                                           \
  X(void *, mmap, (void *, size_t, int, int, int, off_t))                                          \
  X(void *, mmap64, (void *, size_t, int, int, int, off_t))                                        \
  X(int, munmap, (void *, size_t))                                                                 \
  X(void *, mremap, (void *, size_t, size_t, int, ...))

/* Not recorded, but heard: by these a program puts a seccomp filter upon itself. Both are variadic
 * for the compiler alone. */
#define FUNCTIONS_FILTER(X)                                                                        \
  X(int, prctl, (int, unsigned long, unsigned long, unsigned long, unsigned long))                 \
  X(long, syscall, (long, long, long, long, long, long, long))

/* operator new and new[]: plain, nothrow, aligned, aligned nothrow. */
#define FUNCTIONS_NEW(X)                                                                           \
  X(void *, _Znwm, (size_t))                                                                       \
  X(void *, _Znam, (size_t))                                                                       \
  X(void *, _ZnwmRKSt9nothrow_t, (size_t, const void *))                                           \
  X(void *, _ZnamRKSt9nothrow_t, (size_t, const void *))                                           \
  X(void *, _ZnwmSt11align_val_t, (size_t, size_t))                                                \
  X(void *, _ZnamSt11align_val_t, (size_t, size_t))                                                \
  X(void *, _ZnwmSt11align_val_tRKSt9nothrow_t, (size_t, size_t, const void *))                    \
  X(void *, _ZnamSt11align_val_tRKSt9nothrow_t, (size_t, size_t, const void *))

/* operator delete and delete[]: plain, sized, nothrow, aligned, sized aligned, aligned nothrow. */
#define FUNCTIONS_DELETE(X)                                                                        \
  X(void, _ZdlPv, (void *))                                                                        \
  X(void, _ZdaPv, (void *))                                                                        \
  X(void, _ZdlPvm, (void *, size_t))                                                               \
  X(void, _ZdaPvm, (void *, size_t))                                                               \
  X(void, _ZdlPvRKSt9nothrow_t, (void *, const void *))                                            \
  X(void, _ZdaPvRKSt9nothrow_t, (void *, const void *))                                            \
  X(void, _ZdlPvSt11align_val_t, (void *, size_t))                                                 \
  X(void, _ZdaPvSt11align_val_t, (void *, size_t))                                                 \
  X(void, _ZdlPvmSt11align_val_t, (void *, size_t, size_t))                                        \
  X(void, _ZdaPvmSt11align_val_t, (void *, size_t, size_t))                                        \
  X(void, _ZdlPvSt11align_val_tRKSt9nothrow_t, (void *, size_t, const void *))                     \
  X(void, _ZdaPvSt11align_val_tRKSt9nothrow_t, (void *, size_t, const void *))

#define FUNCTIONS(X)                                                                               \
  FUNCTIONS_C(X) FUNCTIONS_MAP(X) FUNCTIONS_FILTER(X) FUNCTIONS_NEW(X) FUNCTIONS_DELETE(X)

#endif

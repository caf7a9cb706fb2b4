/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls every interposed function of C at least once, with its edges (no bytes, too many bytes,
 * NULL), and prints what must have been recorded. The list is the recorder's own: a function that
 * is added there and not exercised here does not compile.
 */
#include "expected.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <preload/functions.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE 4096u

static volatile size_t too_much = PTRDIFF_MAX;

static void check(int good, const char *what) {
  if (good)
    return;
  dprintf(STDERR_FILENO, "everycall: %s\n", what);
  _exit(1);
}

static void done_with(void *block, size_t bytes) {
  check(block && malloc_usable_size(block) >= bytes, "no block");
  free(block);
  expect_free(bytes);
}

static void exercise_malloc(void) {
  void *kept = malloc(101), *empty = malloc(0);
  expect_allocation(101);
  expect_allocation(0);
  check(kept && empty && !malloc(too_much), "malloc");
  done_with(empty, 0);
}

static void exercise_calloc(void) {
  char *block = calloc(7, 11);
  expect_allocation(77);
  for (int byte = 0; byte < 77; byte++)
    check(!block[byte], "calloc: not zero");
  check(!calloc(too_much, 3), "calloc: overflow");
  done_with(block, 77);
}

static void exercise_realloc(void) {
  void *block = realloc(NULL, 20);
  expect_allocation(20);
  block = realloc(block, 100000);
  expect_free(20);
  expect_allocation(100000);
  check(!realloc(block, too_much), "realloc: too much"); /* the block stays */
  block = realloc(block, 30);
  expect_free(100000);
  expect_allocation(30);
  check(!realloc(block, 0), "realloc to nothing"); /* in glibc that frees */
  expect_free(30);
}

static void exercise_reallocarray(void) {
  void *volatile block = reallocarray(NULL, 5, 10); /* volatile: gcc takes a failure for a free */
  expect_allocation(50);
  block = reallocarray(block, 50, 10);
  expect_free(50);
  expect_allocation(500);
  check(!reallocarray(block, too_much, 10), "reallocarray: overflow");
  done_with(block, 500);
}

static void exercise_free(void) {
  void *block = malloc(1);
  expect_allocation(1);
  free(NULL);
  done_with(block, 1);
}

static void exercise_posix_memalign(void) {
  void *block = NULL, *none = NULL;
  check(!posix_memalign(&block, 4096, 300), "posix_memalign");
  expect_allocation(300);
  check(!((uintptr_t)block % 4096), "posix_memalign: alignment");
  check(posix_memalign(&none, 3, 300) == EINVAL && !none, "posix_memalign: odd alignment");
  check(posix_memalign(&none, 64, too_much) == ENOMEM && !none, "posix_memalign: too much");
  done_with(block, 300);
}

static void exercise_aligned_alloc(void) {
  void *block = aligned_alloc(128, 256);
  expect_allocation(256);
  check(!((uintptr_t)block % 128) && !aligned_alloc(64, too_much), "aligned_alloc");
  done_with(block, 256);
}

static void exercise_memalign(void) {
  void *block = memalign(512, 33);
  expect_allocation(33);
  check(!((uintptr_t)block % 512) && !memalign(64, too_much), "memalign");
  done_with(block, 33);
}

static void exercise_valloc(void) {
  void *block = valloc(34);
  expect_allocation(34);
  check(!((uintptr_t)block % PAGE) && !valloc(too_much), "valloc");
  done_with(block, 34);
}

static void exercise_pvalloc(void) {
  void *block = pvalloc(PAGE);
  expect_allocation(PAGE);
  check(!((uintptr_t)block % PAGE) && !pvalloc(too_much), "pvalloc");
  done_with(block, PAGE);
}

/* The three that this libc may not have: a program that was built against one that has them finds
 * the recorder's. Without any, free takes their place. */
static void *optional(const char *name) {
  void *function = dlsym(RTLD_DEFAULT, name);
  return function ? function : (void *)free;
}

static void exercise_cfree(void) {
  void *block = malloc(41);
  expect_allocation(41);
  ((void (*)(void *))optional("cfree"))(block);
  expect_free(41);
}

static void exercise_free_sized(void) {
  void *block = malloc(42);
  expect_allocation(42);
  ((void (*)(void *, size_t))optional("free_sized"))(block, 42);
  expect_free(42);
}

static void exercise_free_aligned_sized(void) {
  void *block = aligned_alloc(64, 128);
  expect_allocation(128);
  ((void (*)(void *, size_t, size_t))optional("free_aligned_sized"))(block, 64, 128);
  expect_free(128);
}

/* Mappings are not counted as blocks. */
static void exercise_mmap(void) {
  errno = 0;
  void *none = mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check(none == MAP_FAILED && errno == EINVAL, "mmap of nothing");
}

static void exercise_mmap64(void) {
  char *map = mmap64(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check(map != MAP_FAILED, "mmap64");
  map[PAGE - 1] = 1;
  munmap(map, PAGE);
}

static void exercise_mremap(void) {
  char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *place = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check(map != MAP_FAILED && place != MAP_FAILED, "mmap");
  *map = 7;
  map = mremap(map, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
  check(map != MAP_FAILED && *map == 7, "mremap");
  check(mremap(map, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place,
        "mremap to a place");
  check(*place == 7 && !munmap(place, 4 * PAGE), "munmap");
}

static void exercise_munmap(void) {
  errno = 0;
  check(munmap((void *)1, PAGE) == -1 && errno == EINVAL, "munmap of nothing");
}

/* libc's own calls come through the same door. */
static void exercise_libc(void) {
  char *copy = strdup("twelve bytes"), *part = strndup("twelve bytes", 6);
  expect_allocation(13);
  expect_allocation(7);
  done_with(copy, 13);
  done_with(part, 7);
}

int main(void) {
#define X(result, name, parameters) exercise_##name();
  FUNCTIONS_C(X)
  FUNCTIONS_MAP(X)
#undef X
  exercise_libc();
  return expected_print();
}

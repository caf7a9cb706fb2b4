/* SPDX-License-Identifier: Apache-2.0
 *
 * A service with arenas of its own, which tells of them: through seep/seep.h or, built with
 * ARENAS_VALGRIND, by Valgrind's client requests alone. Does each thing that can be told, and
 * prints what must have been recorded.
 */
#include "expected.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifdef ARENAS_VALGRIND
#include <valgrind/memcheck.h>
#define TELL_ALLOC(block, size) VALGRIND_MALLOCLIKE_BLOCK(block, size, 0, 0)
#define TELL_FREE(block) VALGRIND_FREELIKE_BLOCK(block, 0)
#define TELL_RESIZE(block, before, size) VALGRIND_RESIZEINPLACE_BLOCK(block, before, size, 0)
#define TELL_CREATE(pool) VALGRIND_CREATE_MEMPOOL(pool, 0, 0)
#define TELL_POOL_ALLOC(pool, block, size) VALGRIND_MEMPOOL_ALLOC(pool, block, size)
#define TELL_POOL_FREE(pool, block) VALGRIND_MEMPOOL_FREE(pool, block)
#define TELL_CHANGE(pool, old, block, size) VALGRIND_MEMPOOL_CHANGE(pool, old, block, size)
#define TELL_TRIM(pool, from, size) VALGRIND_MEMPOOL_TRIM(pool, from, size)
#define TELL_RESET(pool) VALGRIND_MEMPOOL_TRIM(pool, 0, 0)
#define TELL_MOVE(pool, to) VALGRIND_MOVE_MEMPOOL(pool, to)
#define TELL_DESTROY(pool) VALGRIND_DESTROY_MEMPOOL(pool)
#else
#include <seep/seep.h>
#define TELL_ALLOC(block, size) seep_alloc(block, size)
#define TELL_FREE(block) seep_free(block)
#define TELL_RESIZE(block, before, size) (seep_free(block), seep_alloc(block, size))
#define TELL_CREATE(pool) seep_pool_create(pool)
#define TELL_POOL_ALLOC(pool, block, size) seep_pool_alloc(pool, block, size)
#define TELL_POOL_FREE(pool, block) seep_pool_free(pool, block)
#define TELL_CHANGE(pool, old, block, size) seep_pool_change(pool, old, block, size)
#define TELL_TRIM(pool, from, size) seep_pool_trim(pool, from, size)
#define TELL_RESET(pool) seep_pool_reset(pool)
#define TELL_MOVE(pool, to) seep_pool_move(pool, to)
#define TELL_DESTROY(pool) seep_pool_destroy(pool)
#endif

#define ARENA_BYTES (1 << 20)

/* An arena's memory is no heap block: what counts is what it hands out. */
struct arena {
  char *memory;
  size_t used;
};

static struct arena arena_make(void) {
  void *memory =
      mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    _exit(1);
  return (struct arena){.memory = memory};
}

static void arena_unmake(struct arena *arena) {
  munmap(arena->memory, ARENA_BYTES);
}

static char *arena_take(struct arena *arena, size_t size) {
  char *block = arena->memory + arena->used;
  arena->used += (size + 15) & ~(size_t)15;
  return block;
}

static char *pool_take(struct arena *arena, size_t size) {
  char *block = arena_take(arena, size);
  TELL_POOL_ALLOC(arena, block, size);
  expect_allocation(size);
  return block;
}

static void pool_give(struct arena *arena, char *block, size_t size) {
  TELL_POOL_FREE(arena, block);
  expect_free(size);
}

static void expect_frees(int count, size_t size) {
  while (count-- > 0)
    expect_free(size);
}

static void exercise_loose(void) {
  struct arena arena = arena_make();
  char *blocks[10];
  for (int i = 0; i < 10; i++) {
    blocks[i] = arena_take(&arena, 48);
    TELL_ALLOC(blocks[i], 48);
    expect_allocation(48);
  }
  for (int i = 0; i < 7; i++) {
    TELL_FREE(blocks[i]);
    expect_free(48);
  }
}

static void exercise_resize(void) {
  struct arena arena = arena_make();
  for (int i = 0; i < 2; i++) {
    char *block = arena_take(&arena, 160);
    TELL_ALLOC(block, 100);
    expect_allocation(100);
    TELL_RESIZE(block, 100, 160);
    expect_free(100);
    expect_allocation(160);
  }
}

static void exercise_single_frees(void) {
  static struct arena arena;
  char *blocks[20];
  arena = arena_make();
  TELL_CREATE(&arena);
  for (int i = 0; i < 20; i++)
    blocks[i] = pool_take(&arena, 24);
  for (int i = 0; i < 20; i += 4)
    pool_give(&arena, blocks[i], 24);
}

static void exercise_destroy(void) {
  struct arena arena = arena_make();
  TELL_CREATE(&arena);
  for (int i = 0; i < 100; i++)
    pool_give(&arena, pool_take(&arena, 8), 8);
  for (int i = 0; i < 100; i++)
    pool_take(&arena, 32);
  TELL_DESTROY(&arena);
  expect_frees(100, 32);
  arena_unmake(&arena);
}

/* The memory of one pool becomes another's, of the same address. */
static void exercise_destroy_again_and_again(void) {
  struct arena arena = arena_make();
  for (int round = 0; round < 50; round++) {
    TELL_CREATE(&arena);
    for (int i = 0; i <= round; i++)
      pool_take(&arena, 40);
    TELL_DESTROY(&arena);
    expect_frees(round + 1, 40);
    arena.used = 0;
  }
  arena_unmake(&arena);
}

static void exercise_reset(void) {
  static struct arena arena;
  arena = arena_make();
  TELL_CREATE(&arena);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 10; i++)
      pool_take(&arena, 56);
    TELL_RESET(&arena);
    expect_frees(10, 56);
    arena.used = 0;
  }
  pool_take(&arena, 57); /* stays */
}

/* Four blocks stay, and half of a fifth. */
static void exercise_trim(void) {
  static struct arena arena;
  arena = arena_make();
  TELL_CREATE(&arena);
  for (int i = 0; i < 16; i++)
    pool_take(&arena, 64);
  TELL_TRIM(&arena, arena.memory + 128, (size_t)4 * 64 + 32);
  expect_frees(12, 64);
  expect_allocation(32);
}

static void exercise_change(void) {
  static struct arena arena;
  arena = arena_make();
  TELL_CREATE(&arena);
  char *block = pool_take(&arena, 80), *moved = arena_take(&arena, 200);
  TELL_CHANGE(&arena, block, moved, 200);
  expect_free(80);
  expect_allocation(200);
  TELL_CHANGE(&arena, moved, moved, 150);
  expect_free(200);
  expect_allocation(150);
}

static void exercise_move(void) {
  struct arena from = arena_make(), to = {.memory = from.memory};
  TELL_CREATE(&from);
  for (int i = 0; i < 6; i++)
    pool_take(&from, 72);
  TELL_MOVE(&from, &to);
  pool_give(&to, to.memory, 72);
  TELL_DESTROY(&to);
  expect_frees(5, 72);
  arena_unmake(&from);
}

#ifdef ARENAS_VALGRIND
/* Superblocks do not count; what is made of them goes with them. */
static void exercise_metapool(void) {
  static struct arena arena;
  arena = arena_make();
  VALGRIND_CREATE_MEMPOOL_EXT(&arena, 0, 0, VALGRIND_MEMPOOL_METAPOOL | VALGRIND_MEMPOOL_AUTO_FREE);
  char *superblocks[2];
  for (int i = 0; i < 2; i++) {
    superblocks[i] = arena_take(&arena, 4096);
    VALGRIND_MEMPOOL_ALLOC(&arena, superblocks[i], 4096);
    for (int j = 0; j < 4; j++) {
      VALGRIND_MALLOCLIKE_BLOCK(superblocks[i] + 32 + j * 128, 96, 0, 0);
      expect_allocation(96);
    }
  }
  VALGRIND_FREELIKE_BLOCK(superblocks[0] + 32, 0);
  expect_free(96);
  VALGRIND_MEMPOOL_FREE(&arena, superblocks[0]);
  expect_frees(3, 96);
  VALGRIND_MEMPOOL_FREE(&arena, superblocks[1]);
  expect_frees(4, 96);
}

/* Registers that a request must leave alone, and an answer that nobody changes. */
static void exercise_answers(void) {
  static int pool;
  static char blocks[8];
  double many[8];
  for (int i = 0; i < 8; i++)
    many[i] = i * 1.5 + expected.allocations;
  VALGRIND_CREATE_MEMPOOL(&pool, 0, 0);
  for (int i = 0; i < 8; i++) {
    VALGRIND_MEMPOOL_ALLOC(&pool, &blocks[i], 1);
    expect_allocation(1);
    if (many[i] != i * 1.5 + (expected.allocations - i - 1))
      _exit(3);
  }
  VALGRIND_DESTROY_MEMPOOL(&pool);
  expect_frees(8, 1);
  if (!RUNNING_ON_VALGRIND && VALGRIND_MEMPOOL_EXISTS(&pool))
    _exit(4);
}
#else
/* What can be told of nothing is nothing. */
static void exercise_nothing(void) {
  struct arena arena;
  seep_alloc(NULL, 1);
  seep_free(NULL);
  seep_pool_alloc(&arena, NULL, 1);
  seep_pool_free(&arena, &arena); /* not out of it */
  seep_pool_destroy(&arena);
}

/* A pool that was forgotten leaks; the next at its address does not take its blocks along. */
static void exercise_forgotten(void) {
  struct arena arena = arena_make();
  seep_pool_create(&arena);
  pool_take(&arena, 88);
  seep_pool_create(&arena);
  seep_pool_destroy(&arena);
}
#endif

static void exercise_all(void) {
  exercise_loose();
  exercise_resize();
  exercise_single_frees();
  exercise_destroy();
  exercise_destroy_again_and_again();
  exercise_reset();
  exercise_trim();
  exercise_change();
  exercise_move();
#ifdef ARENAS_VALGRIND
  exercise_metapool();
  exercise_answers();
#else
  exercise_nothing();
  exercise_forgotten();
#endif
}

int main(void) {
  exercise_all();
  return expected_print();
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The cheapest recorder there can be: counts allocations and frees per thread, in the file named by
 * BENCH_COUNTS: 4096 cells of 64 bytes, each with two 64-bit numbers, allocations and frees. Cell 0
 * counts the cells that are taken; threads for which none is left share the last one.
 */
#include "shim.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#define CELLS 4096u

struct cell {
  uint64_t allocations, frees;
  uint64_t fill[6];
};

static struct cell *cells;
static struct cell before_start; /* what comes before the file is there */
static __thread struct cell *own __attribute__((tls_model("initial-exec")));

static __attribute__((noinline, cold)) struct cell *take_cell(void) {
  if (!cells)
    return &before_start;
  uint64_t taken = __atomic_add_fetch(&cells[0].allocations, 1, __ATOMIC_RELAXED);
  return own = &cells[taken < CELLS ? taken : CELLS - 1];
}

static inline struct cell *my_cell(void) {
  return __builtin_expect(own != NULL, 1) ? own : take_cell();
}

static inline void shim_allocated(void) {
  my_cell()->allocations++;
}

static inline void shim_freed(void) {
  my_cell()->frees++;
}

static void forget_cell(void) {
  own = NULL;
}

static __attribute__((constructor(102))) void start(void) {
  const char *path = getenv("BENCH_COUNTS");
  int file = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
  if (file < 0 || ftruncate(file, CELLS * sizeof(struct cell)))
    return;
  void *at = mmap(NULL, CELLS * sizeof(struct cell), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  cells = at == MAP_FAILED ? NULL : at;
  if (!cells)
    return;
  pthread_atfork(NULL, NULL, forget_cell);
  struct cell *cell = my_cell();
  cell->allocations += before_start.allocations;
  cell->frees += before_start.frees;
}

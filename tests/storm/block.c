/* SPDX-License-Identifier: Apache-2.0 */
#include "block.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK_STAMP 0x6b636f6cu
#define BLOCK_PROBES 100000

/* In front of each block's bytes: where it stands in the log, and what it must still be. */
struct block_head {
  uint32_t stamp, entry;
  uint32_t size, zero;
};

static struct storm_truth nobodys;
struct storm_truth *block_truth = &nobodys;

_Noreturn void block_die(const char *what) {
  dprintf(STDERR_FILENO, "storm: %s: %s\n", what, strerror(errno));
  _exit(2);
}

uint64_t block_chance(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state * 0x2545f4914f6cdd1dull >> 8;
}

void block_start(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof *block_truth))
    block_die(path);
  void *truth = mmap(NULL, sizeof *block_truth, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (truth == MAP_FAILED)
    block_die("mmap");
  close(fd);
  block_truth = truth;
  block_truth->log_entries = STORM_LOG;
  block_truth->classes = STORM_CLASSES;
  block_truth->actors = STORM_ACTORS;
  block_truth->magic = STORM_MAGIC;
}

void block_forget(void) {
  block_truth = &nobodys;
}

/* ---- The log ------------------------------------------------------------------------------ */

static enum storm_class class_of(size_t size) {
  return (enum storm_class)(size / STORM_SIZE_STEP % STORM_CLASSES);
}

static uint32_t log_enter(void *block, size_t size) {
  uint64_t at = (uintptr_t)block * 0x9e3779b97f4a7c15ull >> 32;
  for (int probes = 0; probes < BLOCK_PROBES; probes++, at++) {
    struct storm_entry *entry = &block_truth->log[at % STORM_LOG];
    uint64_t none = 0;
    if (!atomic_load_explicit(&entry->address, memory_order_relaxed) &&
        atomic_compare_exchange_strong(&entry->address, &none, (uintptr_t)block)) {
      atomic_store(&entry->size, size);
      return (uint32_t)(at % STORM_LOG);
    }
  }
  block_die("the log is full");
}

static void log_strike(uint32_t at) {
  atomic_store(&block_truth->log[at].size, 0);
  atomic_store(&block_truth->log[at].address, 0);
}

void *block_enter(void *block, size_t size) {
  if (!block)
    block_die("no memory");
  struct block_head *head = block;
  *head = (struct block_head){BLOCK_STAMP, log_enter(block, size), (uint32_t)size, 0};
  atomic_fetch_add(&block_truth->totals[class_of(size)].allocations, 1);
  return block;
}

static void leave(struct block_head *head) {
  if (head->stamp != BLOCK_STAMP)
    block_die("a block is not what it was");
  head->stamp = 0;
  log_strike(head->entry);
  atomic_fetch_add(&block_truth->totals[class_of(head->size)].frees, 1);
}

/* ---- Call sites --------------------------------------------------------------------------- */

#define SITE(name)                                                                                 \
  static __attribute__((noinline)) void *site_##name(size_t size) {                                \
    void *block = malloc(size);                                                                    \
    __asm__ volatile("" : "+r"(block)); /* the call stands in this function's frame */             \
    return block;                                                                                  \
  }
SITE(churn)
SITE(exchange)
SITE(throw)
SITE(victim)
SITE(late)
SITE(signal)
SITE(child)

static __attribute__((noinline)) void *site_resize(void *old, size_t size) {
  void *block = realloc(old, size);
  __asm__ volatile("" : "+r"(block));
  return block;
}

static void *site_resize_new(size_t size) {
  return site_resize(NULL, size);
}

static void *(*const sites[STORM_CLASSES])(size_t) = {
    [STORM_CHURN] = site_churn,       [STORM_EXCHANGE] = site_exchange,
    [STORM_RESIZE] = site_resize_new, [STORM_THROW] = site_throw,
    [STORM_VICTIM] = site_victim,     [STORM_LATE] = site_late,
    [STORM_SIGNAL] = site_signal,     [STORM_CHILD] = site_child,
};

size_t block_size(enum storm_class class, uint64_t chance) {
  size_t times = chance % 64 ? chance / 64 % 8 : chance / 64 % 128;
  return STORM_SIZE_STEP * (class + STORM_CLASSES * times) + STORM_SIZE_REST;
}

void *block_new(enum storm_class class, uint64_t chance) {
  size_t size = block_size(class, chance);
  return block_enter(sites[class](size), size);
}

void block_free(void *block) {
  if (!block)
    return;
  leave(block);
  free(block);
}

/* It is out of the log meanwhile: as one block for this thread. */
void *block_resize(void *block, uint64_t chance) {
  size_t size = block_size(STORM_RESIZE, chance);
  leave(block);
  return block_enter(site_resize(block, size), size);
}

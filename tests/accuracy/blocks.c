/* SPDX-License-Identifier: Apache-2.0 */
#include "blocks.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>

#define SLOT_BITS 21
#define SLOTS ((size_t)1 << SLOT_BITS)
#define SLOTS_USED_MOST (SLOTS / 2)

struct slot {
  uintptr_t address; /* 0: empty */
  size_t size;
};

static struct slot *slots; /* pages come as they are touched */
static _Atomic size_t used;
static atomic_flag lock = ATOMIC_FLAG_INIT;

static void blocks_lock(void) {
  while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
    __builtin_ia32_pause();
}

static void blocks_unlock(void) {
  atomic_flag_clear_explicit(&lock, memory_order_release);
}

static size_t home_of(uintptr_t address) {
  return (address >> 4) * 0x9e3779b97f4a7c15ull >> (64 - SLOT_BITS);
}

/* The slot of address, or the empty one where it would stand. */
static size_t slot_of(uintptr_t address) {
  size_t slot = home_of(address);
  while (slots[slot].address && slots[slot].address != address)
    slot = (slot + 1) % SLOTS;
  return slot;
}

/* Closes the hole at slot by moving up what stands behind it and may stand there. */
static void slot_empty(size_t hole) {
  for (size_t next = (hole + 1) % SLOTS; slots[next].address; next = (next + 1) % SLOTS) {
    size_t home = home_of(slots[next].address);
    if ((next - home) % SLOTS < (next - hole) % SLOTS)
      continue;
    slots[hole] = slots[next];
    hole = next;
  }
  slots[hole].address = 0;
}

bool blocks_open(void) {
  void *mapped = mmap(NULL, SLOTS * sizeof *slots, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  slots = mapped == MAP_FAILED ? NULL : mapped;
  return slots != NULL;
}

bool blocks_add(void *block, size_t size) {
  blocks_lock();
  bool room = used < SLOTS_USED_MOST;
  if (room) {
    size_t slot = slot_of((uintptr_t)block);
    used += slots[slot].address == 0;
    slots[slot] = (struct slot){(uintptr_t)block, size};
  }
  blocks_unlock();
  return room;
}

bool blocks_take(void *block, size_t *size) {
  if (!atomic_load_explicit(&used, memory_order_relaxed))
    return false;
  blocks_lock();
  size_t slot = slot_of((uintptr_t)block);
  bool found = slots[slot].address != 0;
  if (found) {
    *size = slots[slot].size;
    slot_empty(slot);
    used--;
  }
  blocks_unlock();
  return found;
}

void blocks_forked(void) {
  atomic_flag_clear(&lock);
}

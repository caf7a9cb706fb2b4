/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"
#include "race.h"

#include <seep/stage.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST (96 * SEEP_STAGE_GRAIN)

static struct seep_record records[LARGEST / sizeof(struct seep_record)];

/* The records that slot holds. false: a drain came between. */
static bool copy(const struct seep_slot *slot, uint32_t *thread, uint64_t *count) {
  *thread = __atomic_load_n(&slot->thread, __ATOMIC_ACQUIRE);
  uint64_t drained = __atomic_load_n(&slot->drained, __ATOMIC_ACQUIRE);
  uint64_t committed = __atomic_load_n(&slot->committed, __ATOMIC_ACQUIRE);
  uint64_t room = (slot->bytes - sizeof *slot) / sizeof *records;
  if (*thread == SEEP_SLOT_FREE || committed - drained > room || slot->bytes > LARGEST)
    return false;
  *count = committed - drained;
  memcpy(records, slot->records, *count * sizeof *records);
  __atomic_signal_fence(__ATOMIC_ACQUIRE); /* loads are made in order */
  return __atomic_load_n(&slot->thread, __ATOMIC_ACQUIRE) == *thread &&
         __atomic_load_n(&slot->drained, __ATOMIC_ACQUIRE) == drained;
}

static bool is_allocation(const struct seep_record *record) {
  return (record->where >> SEEP_KIND_SHIFT & 15) == SEEP_KIND_ALLOC &&
         !(record->where & SEEP_ADDRESS_OWN);
}

/* All by one actor, in its order. Slot 0 is shared by threads that have ended. */
static void check(uint32_t thread, uint64_t count) {
  uint64_t before = 0;
  for (uint64_t i = 0; i < count; i++) {
    uint64_t address = records[i].where & SEEP_ADDRESS_MASK;
    if (!is_allocation(&records[i]))
      continue;
    if (!race_is_block(address) ||
        (before && (race_actor_of(before) != race_actor_of(address) || before >= address))) {
      fprintf(stderr, "race: slot of thread %u, record %lu of %lu: %lx after %lx\n", thread,
              (unsigned long)i, (unsigned long)count, (unsigned long)address,
              (unsigned long)before);
      _exit(4);
    }
    before = address;
  }
}

static bool is_shared(const struct seep_slot *slot) {
  return strncmp(slot->name, "(ended threads)", sizeof slot->name) == 0;
}

static void look(const char *mapped, size_t bytes) {
  for (size_t at = SEEP_STAGE_GRAIN; at + SEEP_STAGE_GRAIN <= bytes;) {
    const struct seep_slot *slot = (const struct seep_slot *)(mapped + at);
    uint64_t magic = __atomic_load_n(&slot->magic, __ATOMIC_ACQUIRE);
    bool part = magic == SEEP_SLOT_MAGIC || magic == SEEP_SEGMENT_MAGIC;
    size_t length = part && slot->bytes >= SEEP_STAGE_GRAIN ? slot->bytes : SEEP_STAGE_GRAIN;
    uint32_t thread;
    uint64_t count;
    if (magic == SEEP_SLOT_MAGIC && at + length <= bytes && copy(slot, &thread, &count) &&
        !is_shared(slot))
      check(thread, count);
    at += length;
  }
}

void watch_slots(int file) {
  struct stat is;
  if (fstat(file, &is) || is.st_size <= (off_t)SEEP_STAGE_GRAIN)
    return;
  size_t bytes = (size_t)is.st_size;
  const char *mapped = mmap(NULL, bytes, PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED)
    return;
  look(mapped, bytes);
  munmap((void *)mapped, bytes);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "stage.h"
#include "arena.h"
#include "clock.h"
#include "file.h"
#include "signals.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Slots come in few sizes: for threads that do little, for busy ones, and between. */
static const uint32_t slot_grains[] = {1, 4, STAGE_SLOT_USUAL / SEEP_STAGE_GRAIN,
                                       STAGE_SLOT_LARGE / SEEP_STAGE_GRAIN,
                                       STAGE_SLOT_LARGEST / SEEP_STAGE_GRAIN};
#define SLOT_CLASSES 5
#define SMALL_SLOTS_AT_ONCE                                                                        \
  8                      /* one mapping for several: 10,000 threads stay below max_map_count       \
                          */
#define SLOT_LIMIT 65536 /* slots of a process, free ones included */

struct free_list { /* of one class; a try-lock guards it, and whoever does not get it goes without
                    */
  _Atomic int lock;
  _Atomic uint32_t count;
  struct seep_slot **slots;
};

static struct seep_stage before_open;
struct seep_stage *stage = &before_open;
static struct file stage_file = {.descriptor = -1};
static struct seep_slot *_Atomic *all_slots;
static _Atomic uint32_t all_count;
static struct free_list free_lists[SLOT_CLASSES];

/* Address space for the most there can be; pages are touched as slots come. Those of the trace
 * before serve again. */
static bool tables_open(void) {
  if (!all_slots)
    all_slots = arena_map(SLOT_LIMIT * sizeof *all_slots);
  for (int i = 0; i < SLOT_CLASSES; i++) {
    if (!free_lists[i].slots)
      free_lists[i].slots = arena_map(SLOT_LIMIT * sizeof *free_lists[i].slots);
    if (!free_lists[i].slots)
      return false;
    atomic_store(&free_lists[i].count, 0);
    atomic_store(&free_lists[i].lock, 0);
  }
  atomic_store(&all_count, 0);
  return all_slots;
}

static void *map_part(uint64_t offset, size_t bytes) {
  void *start = file_map(&stage_file, offset, bytes);
  if (start)
    arena_count_shared(start, bytes);
  return start;
}

/* Tells readers that this process lives. Lost when the target closes the descriptor: they then look
 * into /proc. */
static void hold_lock(void) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
  sys_call3(SYS_fcntl, stage_file.descriptor, F_OFD_SETLK, &lock);
}

static void fill_header(struct seep_stage *made, const uint8_t trace_id[16], uint64_t pid_start) {
  made->version = SEEP_FORMAT_VERSION;
  made->pid = (uint32_t)sys_call3(SYS_getpid, 0, 0, 0);
  memcpy(made->trace_id, trace_id, 16);
  made->pid_start = pid_start;
  made->first_stamp = made->last_stamp = clock_stamp();
  made->first_monotonic_ns = made->last_monotonic_ns = clock_ns(CLOCK_MONOTONIC);
  made->stage_bytes = SEEP_STAGE_GRAIN;
  made->unrecorded_events = stage_get(&before_open.unrecorded_events);
  __atomic_store_n(&made->magic, SEEP_STAGE_MAGIC, __ATOMIC_RELEASE);
}

bool stage_open(const char *trace_path, const uint8_t trace_id[16], uint64_t pid_start) {
  size_t length = strlen(trace_path);
  if (length + sizeof SEEP_STAGE_SUFFIX > sizeof stage_file.path)
    return false;
  memcpy(stage_file.path, trace_path, length);
  memcpy(stage_file.path + length, SEEP_STAGE_SUFFIX, sizeof SEEP_STAGE_SUFFIX);
  if (!tables_open())
    return false;
  long result = file_create(&stage_file, 0);
  if (sys_failed(result)) {
    before_open.last_errno = (uint64_t)-result;
    return false;
  }
  result = file_reserve(&stage_file, 0, SEEP_STAGE_GRAIN);
  struct seep_stage *made = sys_failed(result) ? NULL : map_part(0, SEEP_STAGE_GRAIN);
  if (!made) {
    before_open.last_errno = sys_failed(result) ? (uint64_t)-result : ENOMEM;
    stage_remove();
    return false;
  }
  hold_lock();
  fill_header(made, trace_id, pid_start);
  stage = made;
  return true;
}

void stage_remove(void) {
  if (stage_file.path[0] && file_check(&stage_file))
    sys_call3(SYS_unlink, stage_file.path, 0, 0);
  file_close(&stage_file);
  stage_file.path[0] = 0;
}

void stage_forget(void) {
  memset(&before_open, 0, sizeof before_open);
  stage = &before_open;
  file_close(&stage_file);
  stage_file.path[0] = 0;
  arena_privatize_shared(); /* a mapping would keep the file open, and with it the parent's lock */
}

void stage_raise(uint64_t *word, uint64_t value) {
  uint64_t now = stage_get(word);
  while (now < value &&
         !__atomic_compare_exchange_n(word, &now, value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    ;
}

void *stage_part(size_t bytes) {
  if (stage == &before_open)
    return NULL;
  uint64_t before = signals_block(); /* SIGXFSZ, see file_reserve */
  uint64_t offset = __atomic_fetch_add(&stage->stage_bytes, bytes, __ATOMIC_RELAXED);
  long result = file_reserve(&stage_file, offset, bytes);
  void *part = sys_failed(result) ? NULL : map_part(offset, bytes);
  signals_restore(before);
  if (!part)
    stage_set(&stage->last_errno, sys_failed(result) ? (uint64_t)-result : ENOMEM);
  return part;
}

static int slot_class(size_t bytes) {
  for (int i = 0; i < SLOT_CLASSES; i++)
    if (bytes <= (size_t)slot_grains[i] * SEEP_STAGE_GRAIN)
      return i;
  return -1;
}

static bool list_try_lock(struct free_list *list) {
  return !atomic_exchange_explicit(&list->lock, 1, memory_order_acquire);
}

static void list_unlock(struct free_list *list) {
  atomic_store_explicit(&list->lock, 0, memory_order_release);
}

static void list_push(struct free_list *list, struct seep_slot *slot) {
  for (int tries = 0; tries < 100; tries++) {
    if (list_try_lock(list)) {
      uint32_t count = atomic_load_explicit(&list->count, memory_order_relaxed);
      if (count < SLOT_LIMIT) {
        list->slots[count] = slot;
        atomic_store_explicit(&list->count, count + 1, memory_order_relaxed);
      }
      list_unlock(list);
      return;
    }
    __builtin_ia32_pause();
  }
  /* The slot stays unused for the rest of the run: that is cheaper than to wait. */
}

static struct seep_slot *list_pop(struct free_list *list) {
  struct seep_slot *slot = NULL;
  if (atomic_load_explicit(&list->count, memory_order_relaxed) && list_try_lock(list)) {
    uint32_t count = atomic_load_explicit(&list->count, memory_order_relaxed);
    if (count) {
      slot = list->slots[count - 1];
      atomic_store_explicit(&list->count, count - 1, memory_order_relaxed);
    }
    list_unlock(list);
  }
  return slot;
}

static struct seep_slot *introduce(void *at, size_t bytes) {
  uint32_t index = atomic_fetch_add(&all_count, 1);
  if (index >= SLOT_LIMIT) {
    atomic_fetch_sub(&all_count, 1);
    return NULL;
  }
  struct seep_slot *slot = at;
  slot->bytes = (uint32_t)bytes;
  stage_own_slot(slot, SEEP_SLOT_FREE);
  __atomic_store_n(&slot->magic, SEEP_SLOT_MAGIC, __ATOMIC_RELEASE);
  atomic_store_explicit(&all_slots[index], slot, memory_order_release);
  return slot;
}

static struct seep_slot *make_slots(int class) {
  size_t bytes = (size_t)slot_grains[class] * SEEP_STAGE_GRAIN;
  int wanted =
      class == 0 && atomic_load(&all_count) >= SMALL_SLOTS_AT_ONCE ? SMALL_SLOTS_AT_ONCE : 1;
  char *part = stage_part(bytes * (size_t)wanted);
  if (!part)
    return NULL;
  struct seep_slot *first = introduce(part, bytes);
  for (int i = 1; first && i < wanted; i++) {
    struct seep_slot *more = introduce(part + bytes * (size_t)i, bytes);
    if (more)
      list_push(&free_lists[class], more);
  }
  return first;
}

struct seep_slot *stage_slot(size_t bytes) {
  int class = slot_class(bytes);
  if (class < 0 || stage == &before_open)
    return NULL;
  struct seep_slot *slot = list_pop(&free_lists[class]);
  if (!slot)
    slot = make_slots(class);
  if (!slot)
    return NULL;
  slot->committed = slot->drained = 0;
  slot->unrecorded_events = slot->truncated_stacks = slot->paused_events = slot->captures = 0;
  slot->lock = 0;
  return slot;
}

void stage_release_slot(struct seep_slot *slot) {
  stage_own_slot(slot, SEEP_SLOT_FREE);
  list_push(&free_lists[slot_class(slot->bytes)], slot);
}

void stage_outgrow_slot(struct seep_slot *slot) {
  if (slot->bytes < STAGE_SLOT_USUAL ||
      sys_failed(sys_call3(SYS_madvise, (char *)slot + SEEP_STAGE_GRAIN,
                           slot->bytes - SEEP_STAGE_GRAIN, MADV_REMOVE)))
    stage_release_slot(slot);
  else /* what is no longer reserved on the disk may not be written again: it stays out of use */
    stage_own_slot(slot, SEEP_SLOT_FREE);
}

void stage_each_slot(void (*visit)(struct seep_slot *slot, void *data), void *data) {
  uint32_t count = atomic_load(&all_count);
  for (uint32_t i = 0; i < count && i < SLOT_LIMIT; i++) {
    struct seep_slot *slot = atomic_load_explicit(&all_slots[i], memory_order_acquire);
    if (slot && stage_owner_of(slot) != SEEP_SLOT_FREE)
      visit(slot, data);
  }
}

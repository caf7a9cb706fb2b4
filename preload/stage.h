/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorder's side of include/seep/stage.h: makes the file, maps its parts, recycles slots.
 */
#ifndef SEEP_PRELOAD_STAGE_H
#define SEEP_PRELOAD_STAGE_H

#include <seep/stage.h>
#include <stdbool.h>
#include <stddef.h>

/* The header; a private page of zeroes until stage_open, so that it may always be read and counted
 * in. */
extern struct seep_stage *stage __attribute__((visibility("hidden")));

/* Words of the header are written by any thread, and read by any and from outside. */
static inline uint64_t stage_get(const uint64_t *word) {
  return __atomic_load_n(word, __ATOMIC_RELAXED);
}
static inline void stage_set(uint64_t *word, uint64_t value) {
  __atomic_store_n(word, value, __ATOMIC_RELAXED);
}
static inline void stage_add(uint64_t *word, uint64_t more) {
  __atomic_fetch_add(word, more, __ATOMIC_RELAXED);
}
/* To value, unless it is higher. */
void stage_raise(uint64_t *word, uint64_t value);

/* Outside writes it, too. */
static inline uint32_t stage_control(void) {
  return __atomic_load_n(&stage->control, __ATOMIC_RELAXED);
}

/* Makes TRACE.stage for the trace at path (which has just been made with the same identity). */
bool stage_open(const char *trace_path, const uint8_t trace_id[16], uint64_t pid_start);
/* Unlinks the file; the mappings stay, as late events may still come. */
void stage_remove(void);
/* In a forked child: forgets the parent's stage. */
void stage_forget(void);

/* Reserves and maps bytes (a multiple of the grain) at the file's end, zeroed; NULL: disk or memory
 * full. The part never goes away while the target runs. Its magic is written by the caller, last.
 */
void *stage_part(size_t bytes);

/* Of a busy thread: as a rule, and where contexts are many and very many. */
#define STAGE_SLOT_USUAL (25 * SEEP_STAGE_GRAIN)
#define STAGE_SLOT_LARGE (50 * SEEP_STAGE_GRAIN)
#define STAGE_SLOT_LARGEST (96 * SEEP_STAGE_GRAIN)

/* A slot of at least bytes, recycled or new, lock free, counters zero; NULL: none to be had. */
struct seep_slot *stage_slot(size_t bytes);
/* Serial of its thread; SEEP_SLOT_FREE: nobody's. Written last: what else is in the slot is that
 * thread's. */
static inline void stage_own_slot(struct seep_slot *slot, uint32_t thread) {
  __atomic_store_n(&slot->thread, thread, __ATOMIC_RELEASE);
}
static inline uint32_t stage_owner_of(const struct seep_slot *slot) {
  return __atomic_load_n(&slot->thread, __ATOMIC_ACQUIRE);
}
void stage_release_slot(struct seep_slot *slot);
/* Of a slot that was drained, and whose thread has a larger one now: gives its memory back where it
 * is much, else releases it. */
void stage_outgrow_slot(struct seep_slot *slot);

/* Calls visit for every slot in use. */
void stage_each_slot(void (*visit)(struct seep_slot *slot, void *data), void *data);

#endif

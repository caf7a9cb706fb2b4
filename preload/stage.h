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
void stage_release_slot(struct seep_slot *slot);
/* Of a slot that was drained, and whose thread has a larger one now: gives its memory back where it
 * is much, else releases it. */
void stage_outgrow_slot(struct seep_slot *slot);

/* Calls visit for every slot in use. */
void stage_each_slot(void (*visit)(struct seep_slot *slot, void *data), void *data);

#endif

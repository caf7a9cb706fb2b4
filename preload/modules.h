/* SPDX-License-Identifier: Apache-2.0
 *
 * The target's loaded modules, found lazily from code addresses with _dl_find_object (no lock of
 * the loader is taken). A module gets an id when a context first names it, and its MODULE frame is
 * written then. An address that another library re-uses after dlclose gets another id; a library
 * that comes back to where it was has its own again. When all ids are given, one stands for the
 * rest.
 */
#ifndef SEEP_MODULES_H
#define SEEP_MODULES_H

#include <stdbool.h>
#include <stdint.h>

/* The module of a code address on the caller's stack: its id and load bias; 0 where no module maps
 * it (JIT code). MODULES_BUSY: it is new, and could not be entered now. */
#define MODULES_BUSY UINT32_MAX
uint32_t modules_find(uintptr_t pc, uintptr_t *bias);

/* Counts dlopen and dlclose: whoever caches something about code compares it. */
uint32_t modules_epoch(void);
/* To be called when the loader may have changed the list; true: the epoch is new. */
bool modules_refresh(void);

/* Whether the module that is mapped from start on is libseep.so. */
bool modules_is_recorder(uintptr_t start);

/* Writes the MODULE frames that are not in the trace yet: before a frame that may name them. */
void modules_write_pending(void);

/* Once, before any look-up. modules_forget: in a forked child that records, whose trace has no
 * module yet. */
void modules_start(void);
void modules_forget(void);

#endif

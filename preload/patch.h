/* SPDX-License-Identifier: Apache-2.0
 *
 * Puts calls into code of others: in place of a sequence of instructions that has no effect, with
 * room for a call behind the red zone of whoever runs it.
 *
 * Written through /proc/self/mem, so that no page ever becomes writable for the process. Only to
 * be used while nobody can be inside such a sequence: at the start, with one thread.
 */
#ifndef SEEP_PATCH_H
#define SEEP_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATCH_BYTES 19 /* of the sequence */

/* In every module but our own, each sequence that is equal to old calls entry, with the stack
 * pointer 128 bytes further down than usual. false: some could not be patched, and stay as they
 * are; *error is why, an errno. Takes the loader's lock. */
bool patch_modules(const uint8_t old[PATCH_BYTES], void (*entry)(void), int *error);
/* The first one in code; NULL: there is none. */
const uint8_t *patch_find(const void *code, size_t bytes, const uint8_t old[PATCH_BYTES]);

#endif

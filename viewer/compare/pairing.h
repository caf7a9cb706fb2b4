/* SPDX-License-Identifier: Apache-2.0
 *
 * Which call sites of one run are those of another. Within one build of a module a site is found
 * by its very place. Across builds, calls of a function are paired in their order; where their
 * number differs, by the shift of lines under which most of them coincide, and in order between
 * these. A function that was renamed is another one.
 */
#ifndef SEEP_COMPARE_PAIRING_H
#define SEEP_COMPARE_PAIRING_H

#include "compare/identity.h"

#define PAIRING_NONE SIZE_MAX

/* For each of the old identities the index of the new one that is the same, or PAIRING_NONE. No new
 * one is given twice. The array is the caller's (free). NULL: no memory. */
size_t *pairing_new(const struct identity *const *old, size_t old_count,
                    const struct identity *const *new, size_t new_count);

#endif

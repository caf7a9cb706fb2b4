/* SPDX-License-Identifier: Apache-2.0
 *
 * Room for one more element in a growing array.
 */
#ifndef SEEP_ANALYSIS_ARRAY_H
#define SEEP_ANALYSIS_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* Makes sure that array (a pointer to *capacity elements of the given size) has room for needed
 * elements. false: no memory, nothing changed. */
static inline bool array_reserve(void *array, size_t *capacity, size_t needed, size_t element) {
  if (needed <= *capacity)
    return true;
  size_t larger = *capacity + *capacity / 2 + 16;
  if (larger < needed)
    larger = needed;
  void *moved = reallocarray(*(void **)array, larger, element);
  if (!moved)
    return false;
  *(void **)array = moved;
  *capacity = larger;
  return true;
}

#endif

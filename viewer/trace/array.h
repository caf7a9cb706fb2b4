/* SPDX-License-Identifier: Apache-2.0
 *
 * Arrays that grow by doubling and need no capacity beside their count: there is room up to the
 * next power of two, from 16 on.
 */
#ifndef SEEP_TRACE_ARRAY_H
#define SEEP_TRACE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/* Makes room for item number count in the array that *items points to; false: no memory, and the
 * array is as it was. items: the address of a pointer of any type. */
bool array_room(void *items, size_t count, size_t item_bytes);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_FIRST 16

bool array_room(void *items, size_t count, size_t item_bytes) {
  void *old, *grown;
  memcpy(&old, items, sizeof old);
  bool full = !old || (count >= ARRAY_FIRST && (count & (count - 1)) == 0);
  if (!full)
    return true;
  size_t room = count < ARRAY_FIRST ? ARRAY_FIRST : count * 2;
  if (room > SIZE_MAX / item_bytes)
    return false;
  grown = realloc(old, room * item_bytes);
  if (!grown)
    return false;
  memcpy(items, &grown, sizeof grown);
  return true;
}

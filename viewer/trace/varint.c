/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/varint.h"

static uint64_t varint_fail(struct varint *cursor) {
  cursor->at = cursor->end;
  cursor->bad = true;
  return 0;
}

uint64_t varint_read_long(struct varint *cursor) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (cursor->at == cursor->end)
      return varint_fail(cursor);
    uint64_t byte = *cursor->at++;
    if (shift == 63 && byte > 1)
      return varint_fail(cursor);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80)
      return value;
  }
  return varint_fail(cursor);
}

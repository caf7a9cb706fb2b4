/* SPDX-License-Identifier: Apache-2.0
 *
 * Varints (LEB128, unsigned, at most 64 bits) out of untrusted bytes. Reading past the end or a
 * number of more than 64 bits makes the cursor bad: it then gives zeroes and stays bad.
 */
#ifndef SEEP_TRACE_VARINT_H
#define SEEP_TRACE_VARINT_H

#include <stdbool.h>
#include <stdint.h>

struct varint {
  const uint8_t *at, *end;
  bool bad;
};

/* The way for more than one byte, and for errors. */
uint64_t varint_read_long(struct varint *cursor);

static inline uint64_t varint_read(struct varint *cursor) {
  if (cursor->at < cursor->end && *cursor->at < 0x80)
    return *cursor->at++;
  return varint_read_long(cursor);
}

/* A signed number n stands as 2n, or -2n - 1 where it is negative. */
static inline uint64_t varint_read_zigzag(struct varint *cursor) {
  uint64_t value = varint_read(cursor);
  return value >> 1 ^ -(value & 1);
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers of variable length, written into a buffer whose end is watched: once something did not
 * fit, the buffer is full for good and says so.
 */
#ifndef SEEP_VARINT_H
#define SEEP_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct varint_buffer {
  uint8_t *at, *end;
  bool full;
};

#define VARINT_BYTES 10 /* most that one number takes */

static inline void varint_put(struct varint_buffer *buffer, uint64_t value) {
  if (__builtin_expect(buffer->end - buffer->at < VARINT_BYTES, 0)) {
    buffer->full = true;
    return;
  }
  while (value >= 0x80) {
    *buffer->at++ = (uint8_t)(value | 0x80);
    value >>= 7;
  }
  *buffer->at++ = (uint8_t)value;
}

static inline void varint_put_signed(struct varint_buffer *buffer, int64_t value) {
  varint_put(buffer, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

static inline void varint_put_byte(struct varint_buffer *buffer, uint8_t value) {
  if (buffer->at < buffer->end)
    *buffer->at++ = value;
  else
    buffer->full = true;
}

#endif

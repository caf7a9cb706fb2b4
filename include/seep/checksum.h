/* SPDX-License-Identifier: Apache-2.0
 *
 * CRC-32 as in zlib and Ethernet (polynomial 0xedb88320, reflected), of the frames of a trace.
 * Eight bytes a step; the tables are made by the compiler's caller: seep_crc32_init once before
 * use.
 */
#ifndef SEEP_CHECKSUM_H
#define SEEP_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct seep_crc32 {
  uint32_t table[8][256];
};

static inline void seep_crc32_init(struct seep_crc32 *crc) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; bit++)
      value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0);
    crc->table[0][i] = value;
  }
  for (uint32_t i = 0; i < 256; i++)
    for (int k = 1; k < 8; k++) {
      uint32_t before = crc->table[k - 1][i];
      crc->table[k][i] = before >> 8 ^ crc->table[0][before & 0xff];
    }
}

/* The checksum of bytes at data, which may be unaligned. Any number of threads may share crc. */
static inline uint32_t seep_crc32(const struct seep_crc32 *crc, const void *data, size_t bytes) {
  const uint8_t *p = data;
  uint32_t value = 0xffffffffu;
  for (; bytes >= 8; bytes -= 8, p += 8) {
    uint32_t low, high;
    memcpy(&low, p, 4);
    memcpy(&high, p + 4, 4);
    low ^= value;
    value = crc->table[7][low & 0xff] ^ crc->table[6][low >> 8 & 0xff] ^
            crc->table[5][low >> 16 & 0xff] ^ crc->table[4][low >> 24] ^
            crc->table[3][high & 0xff] ^ crc->table[2][high >> 8 & 0xff] ^
            crc->table[1][high >> 16 & 0xff] ^ crc->table[0][high >> 24];
  }
  for (; bytes; bytes--, p++)
    value = value >> 8 ^ crc->table[0][(value ^ *p) & 0xff];
  return ~value;
}

#endif

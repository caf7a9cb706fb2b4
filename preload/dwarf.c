/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf.h"

#include <string.h>

static void take(struct dwarf_reader *reader, void *value, size_t bytes) {
  if ((size_t)(reader->stop - reader->at) < bytes) {
    reader->bad = true;
    memset(value, 0, bytes);
    return;
  }
  memcpy(value, reader->at, bytes);
  reader->at += bytes;
}

uint8_t dwarf_u8(struct dwarf_reader *reader) {
  uint8_t value;
  take(reader, &value, sizeof value);
  return value;
}

uint16_t dwarf_u16(struct dwarf_reader *reader) {
  uint16_t value;
  take(reader, &value, sizeof value);
  return value;
}

uint32_t dwarf_u32(struct dwarf_reader *reader) {
  uint32_t value;
  take(reader, &value, sizeof value);
  return value;
}

uint64_t dwarf_u64(struct dwarf_reader *reader) {
  uint64_t value;
  take(reader, &value, sizeof value);
  return value;
}

/* Bits beyond 64 are dropped. *shift: number of bits read. */
static uint64_t take_leb(struct dwarf_reader *reader, unsigned *shift, uint8_t *last) {
  uint64_t value = 0;
  *shift = 0;
  do {
    *last = dwarf_u8(reader);
    if (*shift < 64)
      value |= (uint64_t)(*last & 0x7f) << *shift;
    *shift += 7;
  } while (*last & 0x80);
  return value;
}

uint64_t dwarf_uleb(struct dwarf_reader *reader) {
  unsigned shift;
  uint8_t last;
  return take_leb(reader, &shift, &last);
}

int64_t dwarf_sleb(struct dwarf_reader *reader) {
  unsigned shift;
  uint8_t last;
  uint64_t value = take_leb(reader, &shift, &last);
  if (shift < 64 && last & 0x40)
    value |= ~0ull << shift;
  return (int64_t)value;
}

void dwarf_skip(struct dwarf_reader *reader, uint64_t bytes) {
  if ((uint64_t)(reader->stop - reader->at) < bytes)
    reader->bad = true;
  else
    reader->at += bytes;
}

struct dwarf_reader dwarf_part(struct dwarf_reader *reader, uint64_t bytes) {
  struct dwarf_reader part = {reader->at, reader->at, false};
  dwarf_skip(reader, bytes);
  part.stop = reader->at;
  part.bad = reader->bad;
  return part;
}

static bool take_format(struct dwarf_reader *reader, uint8_t format, uintptr_t *value) {
  switch (format) {
  case 0x00: /* absptr */
  case 0x04: /* udata8 */
  case 0x0c: /* sdata8 */
    *value = dwarf_u64(reader);
    return true;
  case 0x01:
    *value = dwarf_uleb(reader);
    return true;
  case 0x02:
    *value = dwarf_u16(reader);
    return true;
  case 0x03:
    *value = dwarf_u32(reader);
    return true;
  case 0x09:
    *value = (uintptr_t)dwarf_sleb(reader);
    return true;
  case 0x0a:
    *value = (uintptr_t)(intptr_t)(int16_t)dwarf_u16(reader);
    return true;
  case 0x0b:
    *value = (uintptr_t)(intptr_t)(int32_t)dwarf_u32(reader);
    return true;
  default:
    return false;
  }
}

bool dwarf_pointer(struct dwarf_reader *reader, uint8_t encoding, uintptr_t data_base,
                   uintptr_t *value) {
  uintptr_t at = (uintptr_t)reader->at;
  uintptr_t plain;
  if (encoding & 0x80 || !take_format(reader, encoding & DWARF_FORMAT_MASK, &plain))
    return false;
  switch (encoding & 0x70) {
  case 0x00: /* absolute */
    break;
  case 0x10: /* relative to the pointer itself */
    plain += at;
    break;
  case 0x30:
    plain += data_base;
    break;
  default:
    return false;
  }
  *value = plain;
  return true;
}

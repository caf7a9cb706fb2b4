/* SPDX-License-Identifier: Apache-2.0
 *
 * A bounded reader of DWARF's number encodings. The input is not trusted: a read that would pass
 * the end sets bad, gives 0 and moves nothing; whoever reads looks at bad before it uses what it
 * read for more than numbers.
 */
#ifndef SEEP_DWARF_H
#define SEEP_DWARF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dwarf_reader {
  const uint8_t *at, *stop;
  bool bad;
};

uint8_t dwarf_u8(struct dwarf_reader *reader);
uint16_t dwarf_u16(struct dwarf_reader *reader);
uint32_t dwarf_u32(struct dwarf_reader *reader);
uint64_t dwarf_u64(struct dwarf_reader *reader);
uint64_t dwarf_uleb(struct dwarf_reader *reader);
int64_t dwarf_sleb(struct dwarf_reader *reader);
void dwarf_skip(struct dwarf_reader *reader, uint64_t bytes);
/* The next bytes as a reader of their own, skipped in the outer one. */
struct dwarf_reader dwarf_part(struct dwarf_reader *reader, uint64_t bytes);

#define DWARF_OMITTED 0xff
#define DWARF_FORMAT_MASK 0x0f

/* An encoded pointer (DW_EH_PE_*). data_base: what "datarel" counts from. false, with bad unset: an
 * encoding that is not known here (indirect and aligned ones are not needed). */
bool dwarf_pointer(struct dwarf_reader *reader, uint8_t encoding, uintptr_t data_base,
                   uintptr_t *value);

#endif

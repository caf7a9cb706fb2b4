/* SPDX-License-Identifier: Apache-2.0 */
#include "row.h"

/* Compilers remember one or two rows at a time; more than this is left to the fallback. */
#define REMEMBERED 4

struct machine {
  struct row *row;
  struct dwarf_reader reader;
  const struct row_scale *scale;
  const struct row *initial;
  uintptr_t at;
  unsigned remembered;
  struct row memory[REMEMBERED];
};

/* The cell of a register; registers that no rule needs share one that nobody reads. */
static struct row_cell *cell_of(struct row *row, uint64_t reg, struct row_cell *unread) {
  if (reg == ROW_RBP)
    return &row->rbp;
  return reg == ROW_RA ? &row->ra : unread;
}

static void set(struct machine *m, uint64_t reg, enum row_how how, int64_t number) {
  struct row_cell unread;
  *cell_of(m->row, reg, &unread) = (struct row_cell){.number = number, .how = (uint8_t)how};
}

static void set_offset(struct machine *m, uint64_t reg, int64_t factored) {
  set(m, reg, ROW_OFFSET, (int64_t)((uint64_t)factored * (uint64_t)m->scale->data));
}

static void set_expression(struct machine *m, struct row_cell *cell) {
  struct dwarf_reader part = dwarf_part(&m->reader, dwarf_uleb(&m->reader));
  *cell = (struct row_cell){
      .bytes = part.at, .length = (uint32_t)(part.stop - part.at), .how = ROW_EXPRESSION};
}

static void set_cfa(struct machine *m, uint64_t reg, int64_t number) {
  m->row->cfa = (struct row_cell){
      .number = number, .how = reg < 255 ? ROW_REGISTER : ROW_UNSUPPORTED, .base = (uint8_t)reg};
}

static void restore(struct machine *m, uint64_t reg) {
  if (!m->initial)
    return;
  if (reg == ROW_RBP)
    m->row->rbp = m->initial->rbp;
  else if (reg == ROW_RA)
    m->row->ra = m->initial->ra;
}

static enum row_result remember(struct machine *m) {
  if (m->remembered == REMEMBERED)
    return ROW_UNKNOWN;
  m->memory[m->remembered++] = *m->row;
  return ROW_DONE;
}

static enum row_result recall(struct machine *m) {
  if (!m->remembered)
    return ROW_DAMAGED;
  *m->row = m->memory[--m->remembered];
  return ROW_DONE;
}

static enum row_result advance(struct machine *m, uint64_t factored) {
  m->at += factored * m->scale->code;
  return ROW_DONE;
}

static enum row_result execute_location(struct machine *m, uint8_t code) {
  switch (code) {
  case 0x01: /* set_loc */
    return dwarf_pointer(&m->reader, m->scale->encoding, 0, &m->at) ? ROW_DONE : ROW_UNKNOWN;
  case 0x02:
    return advance(m, dwarf_u8(&m->reader));
  case 0x03:
    return advance(m, dwarf_u16(&m->reader));
  default: /* 0x04 */
    return advance(m, dwarf_u32(&m->reader));
  }
}

static enum row_result execute_cfa(struct machine *m, uint8_t code) {
  struct dwarf_reader *reader = &m->reader;
  uint64_t reg = m->row->cfa.base;
  switch (code) {
  case 0x0c: /* def_cfa */
    reg = dwarf_uleb(reader);
    set_cfa(m, reg, (int64_t)dwarf_uleb(reader));
    break;
  case 0x0d: /* def_cfa_register */
    set_cfa(m, dwarf_uleb(reader), m->row->cfa.number);
    break;
  case 0x0e: /* def_cfa_offset */
    set_cfa(m, reg, (int64_t)dwarf_uleb(reader));
    break;
  case 0x0f: /* def_cfa_expression */
    set_expression(m, &m->row->cfa);
    break;
  case 0x12: /* def_cfa_sf */
    reg = dwarf_uleb(reader);
    set_cfa(m, reg, (int64_t)((uint64_t)dwarf_sleb(reader) * (uint64_t)m->scale->data));
    break;
  default: /* 0x13 def_cfa_offset_sf */
    set_cfa(m, reg, (int64_t)((uint64_t)dwarf_sleb(reader) * (uint64_t)m->scale->data));
  }
  return ROW_DONE;
}

static enum row_result execute_unsupported(struct machine *m, uint8_t code, uint64_t reg) {
  struct row_cell unread;
  if (code == 0x16)
    set_expression(m, &unread);
  else
    (void)dwarf_uleb(&m->reader); /* signed or not: the same bytes */
  set(m, reg, ROW_UNSUPPORTED, 0);
  return ROW_DONE;
}

static enum row_result execute_register(struct machine *m, uint8_t code) {
  struct row_cell unread;
  uint64_t reg = dwarf_uleb(&m->reader);
  switch (code) {
  case 0x05: /* offset_extended */
    set_offset(m, reg, (int64_t)dwarf_uleb(&m->reader));
    break;
  case 0x11: /* offset_extended_sf */
    set_offset(m, reg, dwarf_sleb(&m->reader));
    break;
  case 0x2f: /* GNU_negative_offset_extended */
    set_offset(m, reg, (int64_t)(0 - dwarf_uleb(&m->reader)));
    break;
  case 0x06: /* restore_extended */
    restore(m, reg);
    break;
  case 0x07:
    set(m, reg, ROW_UNDEFINED, 0);
    break;
  case 0x08:
    set(m, reg, ROW_SAME, 0);
    break;
  case 0x10: /* expression */
    set_expression(m, cell_of(m->row, reg, &unread));
    break;
  default: /* 0x09 register, 0x14 val_offset, 0x15 val_offset_sf, 0x16 val_expression */
    return execute_unsupported(m, code, reg);
  }
  return ROW_DONE;
}

static enum row_result execute_extended(struct machine *m, uint8_t code) {
  switch (code) {
  case 0x00: /* nop */
    return ROW_DONE;
  case 0x01 ... 0x04:
    return execute_location(m, code);
  case 0x05 ... 0x09:
  case 0x10 ... 0x11:
  case 0x14 ... 0x16:
  case 0x2f:
    return execute_register(m, code);
  case 0x0a:
    return remember(m);
  case 0x0b:
    return recall(m);
  case 0x0c ... 0x0f:
  case 0x12 ... 0x13:
    return execute_cfa(m, code);
  case 0x2e: /* GNU_args_size */
    (void)dwarf_uleb(&m->reader);
    return ROW_DONE;
  default:
    return ROW_UNKNOWN;
  }
}

static enum row_result execute_one(struct machine *m) {
  uint8_t code = dwarf_u8(&m->reader);
  uint8_t low = code & 0x3f;
  switch (code >> 6) {
  case 1:
    return advance(m, low);
  case 2:
    set_offset(m, low, (int64_t)dwarf_uleb(&m->reader));
    return ROW_DONE;
  case 3:
    restore(m, low);
    return ROW_DONE;
  default:
    return execute_extended(m, code);
  }
}

enum row_result row_execute(struct row *row, struct dwarf_reader instructions,
                            const struct row_scale *scale, uintptr_t at, uintptr_t target,
                            const struct row *initial) {
  struct machine m;
  m.row = row;
  m.reader = instructions;
  m.scale = scale;
  m.initial = initial;
  m.at = at;
  m.remembered = 0;
  while (m.reader.at < m.reader.stop && m.at <= target) {
    enum row_result result = execute_one(&m);
    if (m.reader.bad)
      return ROW_DAMAGED;
    if (result != ROW_DONE)
      return result;
  }
  return ROW_DONE;
}

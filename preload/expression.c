/* SPDX-License-Identifier: Apache-2.0 */
#include "expression.h"

#include "dwarf.h"
#include "row.h"

#define STACK 12

struct machine {
  struct dwarf_reader reader;
  uintptr_t pc;
  unsigned count;
  struct expression_value stack[STACK];
};

static bool push(struct machine *m, enum expression_form form, uint8_t base, int64_t number) {
  if (m->count == STACK)
    return false;
  m->stack[m->count++] =
      (struct expression_value){.number = number, .form = (uint8_t)form, .base = base};
  return true;
}

static bool push_constant(struct machine *m, uint64_t number) {
  return push(m, EXPRESSION_CONSTANT, 0, (int64_t)number);
}

static bool push_register(struct machine *m, uint8_t reg) {
  int64_t number = dwarf_sleb(&m->reader);
  if (reg == ROW_RA)
    return push_constant(m, m->pc + (uint64_t)number);
  return push(m, EXPRESSION_REGISTER, reg, number);
}

static bool push_literal(struct machine *m, uint8_t code) {
  struct dwarf_reader *reader = &m->reader;
  switch (code) {
  case 0x08:
    return push_constant(m, dwarf_u8(reader));
  case 0x09:
    return push_constant(m, (uint64_t)(int8_t)dwarf_u8(reader));
  case 0x0a:
    return push_constant(m, dwarf_u16(reader));
  case 0x0b:
    return push_constant(m, (uint64_t)(int16_t)dwarf_u16(reader));
  case 0x0c:
    return push_constant(m, dwarf_u32(reader));
  case 0x0d:
    return push_constant(m, (uint64_t)(int32_t)dwarf_u32(reader));
  case 0x10:
    return push_constant(m, dwarf_uleb(reader));
  case 0x11:
    return push_constant(m, (uint64_t)dwarf_sleb(reader));
  default: /* 0x0e, 0x0f */
    return push_constant(m, dwarf_u64(reader));
  }
}

static bool both_constant(const struct expression_value *a, const struct expression_value *b) {
  return a->form == EXPRESSION_CONSTANT && b->form == EXPRESSION_CONSTANT;
}

static bool add(struct expression_value *a, const struct expression_value *b) {
  if (a->form == EXPRESSION_WORD || b->form == EXPRESSION_WORD)
    return false;
  if (a->form == EXPRESSION_REGISTER && b->form == EXPRESSION_REGISTER)
    return false;
  int64_t number = (int64_t)((uint64_t)a->number + (uint64_t)b->number);
  if (b->form == EXPRESSION_REGISTER)
    *a = *b;
  a->number = number;
  return true;
}

static bool apply_constants(uint8_t code, struct expression_value *a,
                            const struct expression_value *b) {
  if (!both_constant(a, b))
    return false;
  switch (code) {
  case 0x1a: /* and */
    a->number &= b->number;
    return true;
  case 0x24: /* shl */
    a->number = (uint64_t)b->number > 63 ? 0 : (int64_t)((uint64_t)a->number << b->number);
    return true;
  case 0x2a: /* ge */
    a->number = a->number >= b->number;
    return true;
  default:
    return false;
  }
}

static bool apply_two(struct machine *m, uint8_t code) {
  if (m->count < 2)
    return false;
  struct expression_value *a = &m->stack[m->count - 2];
  struct expression_value b = m->stack[m->count - 1];
  m->count--;
  if (code == 0x22) /* plus */
    return add(a, &b);
  if (code == 0x1c && b.form == EXPRESSION_CONSTANT) { /* minus */
    b.number = (int64_t)(0 - (uint64_t)b.number);
    return add(a, &b);
  }
  return apply_constants(code, a, &b);
}

static bool apply_one(struct machine *m, uint8_t code) {
  if (!m->count)
    return false;
  struct expression_value *top = &m->stack[m->count - 1];
  switch (code) {
  case 0x06: /* deref */
    if (top->form != EXPRESSION_REGISTER)
      return false;
    top->form = EXPRESSION_WORD;
    return true;
  case 0x12: /* dup */
    return push(m, (enum expression_form)top->form, top->base, top->number);
  case 0x13: /* drop */
    m->count--;
    return true;
  default: /* 0x23 plus_uconst */
    top->number = (int64_t)((uint64_t)top->number + dwarf_uleb(&m->reader));
    return top->form != EXPRESSION_WORD;
  }
}

static bool execute(struct machine *m) {
  uint8_t code = dwarf_u8(&m->reader);
  switch (code) {
  case 0x30 ... 0x4f: /* lit0 .. lit31 */
    return push_constant(m, code - 0x30u);
  case 0x70 ... 0x8f: /* breg0 .. breg31 */
    return push_register(m, (uint8_t)(code - 0x70));
  case 0x08 ... 0x11:
    return push_literal(m, code);
  case 0x06:
  case 0x12 ... 0x13:
  case 0x23:
    return apply_one(m, code);
  case 0x1a:
  case 0x1c:
  case 0x22:
  case 0x24:
  case 0x2a:
    return apply_two(m, code);
  default:
    return false;
  }
}

bool expression_evaluate(const uint8_t *bytes, uint32_t length, uintptr_t pc,
                         struct expression_value *value) {
  struct machine m;
  m.reader = (struct dwarf_reader){bytes, bytes + length, false};
  m.pc = pc;
  m.count = 0;
  while (m.reader.at < m.reader.stop)
    if (!execute(&m) || m.reader.bad)
      return false;
  if (!m.count)
    return false;
  *value = m.stack[m.count - 1];
  return true;
}

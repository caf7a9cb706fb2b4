/* SPDX-License-Identifier: Apache-2.0
 *
 * DWARF expressions, evaluated symbolically at a known code address: enough to see that what a
 * linker writes for its PLT, GCC for realigned frames and libc for its signal trampoline is a
 * register plus a constant, or the word there.
 */
#ifndef SEEP_EXPRESSION_H
#define SEEP_EXPRESSION_H

#include <stdbool.h>
#include <stdint.h>

enum expression_form {
  EXPRESSION_CONSTANT,
  EXPRESSION_REGISTER, /* register + number */
  EXPRESSION_WORD,     /* the word at register + number */
};

struct expression_value {
  int64_t number;
  uint8_t form; /* enum expression_form */
  uint8_t base; /* register */
};

/* false: not of these forms, or damaged. */
bool expression_evaluate(const uint8_t *bytes, uint32_t length, uintptr_t pc,
                         struct expression_value *value);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * One row of a table of call frame information: how the CFA, the return address and rbp are found
 * at one code address. The other registers are left out: no rule needs them, and a row stays small
 * enough for the stack of a hook.
 */
#ifndef SEEP_ROW_H
#define SEEP_ROW_H

#include "dwarf.h"

#define ROW_RBP 6u
#define ROW_RSP 7u
#define ROW_RA 16u

enum row_how {
  ROW_SAME = 0,
  ROW_OFFSET,      /* at CFA + number */
  ROW_EXPRESSION,  /* at the address that bytes compute */
  ROW_REGISTER,    /* the CFA alone: register + number */
  ROW_UNDEFINED,   /* there is no caller's value */
  ROW_UNSUPPORTED, /* anything else */
};

struct row_cell {
  union {
    int64_t number;
    const uint8_t *bytes; /* ROW_EXPRESSION */
  };
  uint32_t length; /* of bytes */
  uint8_t how;     /* enum row_how */
  uint8_t base;    /* register of ROW_REGISTER */
};

struct row {
  struct row_cell cfa, ra, rbp;
};

struct row_scale {
  uint64_t code;
  int64_t data;
  uint8_t encoding; /* of pointers */
};

enum row_result {
  ROW_DONE,
  ROW_UNKNOWN, /* an instruction that is not known here */
  ROW_DAMAGED, /* reads past its end, or pops what was not pushed */
};

/* Executes instructions from the location `at` up to the last that holds at target. initial: what
 * DW_CFA_restore goes back to; NULL in the instructions of a CIE. */
enum row_result row_execute(struct row *row, struct dwarf_reader instructions,
                            const struct row_scale *scale, uintptr_t at, uintptr_t target,
                            const struct row *initial);

#endif

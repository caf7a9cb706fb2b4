/* SPDX-License-Identifier: Apache-2.0 */
#include "subject_inline.h"

int subject_nested(subject_record record, int depth) {
  int sum = subject_middle(record, depth); /* line: nested */
  return sum ^ depth;
}

__attribute__((noreturn)) void subject_leaves(subject_record record) {
  record(); /* line: leaves */
  __builtin_unreachable();
}

/* Not exported: its name is in .symtab alone. */
__attribute__((noinline)) static int subject_hidden(subject_record record, int value) {
  record(); /* line: hidden */
  return value + 1;
}

int subject_calls_hidden(subject_record record, int value) {
  return subject_hidden(record, value) * 2;
}

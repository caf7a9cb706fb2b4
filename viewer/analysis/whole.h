/* SPDX-License-Identifier: Apache-2.0
 *
 * From a real number to a whole one, where a trace has a say in it: C leaves open what a number out
 * of range becomes. NAN is 0.
 */
#ifndef SEEP_ANALYSIS_WHOLE_H
#define SEEP_ANALYSIS_WHOLE_H

#include <stdint.h>

/* Towards 0; negative ones become 0, larger ones the largest. */
static inline uint64_t whole_of(double value) {
  if (!(value > 0))
    return 0;
  return value < 0x1p64 ? (uint64_t)value : UINT64_MAX;
}

/* The same with a sign. */
static inline int64_t whole_signed(double value) {
  uint64_t magnitude = whole_of(value < 0 ? -value : value);
  int64_t bounded = magnitude < INT64_MAX ? (int64_t)magnitude : INT64_MAX;
  return value < 0 ? -bounded : bounded;
}

#endif

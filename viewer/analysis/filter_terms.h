/* SPDX-License-Identifier: Apache-2.0
 *
 * What a filter is made of: shared by the file that reads expressions and the one that applies
 * them.
 */
#ifndef SEEP_ANALYSIS_FILTER_TERMS_H
#define SEEP_ANALYSIS_FILTER_TERMS_H

#include "analysis/verdict.h"

#include <stdbool.h>
#include <stddef.h>

enum filter_field {
  FILTER_WORD,
  FILTER_FUNCTION,
  FILTER_FILE,
  FILTER_MODULE,
  FILTER_STACK,
  FILTER_THREAD,
  FILTER_VERDICT,
  FILTER_BYTES, /* from here on: figures */
  FILTER_BLOCKS,
  FILTER_SIZE,
  FILTER_GROWTH,
  FILTER_ALLOCATIONS,
  FILTER_ALLOCATED,
  FILTER_TEMPORARY,
  FILTER_PEAK,
  FILTER_AGE,
  FILTER_THREADS,
};

struct filter_term {
  enum filter_field field;
  bool negated;
  char operation;            /* of figures: '<', '=', '>' */
  bool or_equal;             /* "<=", ">=" */
  char *text;                /* of names */
  double number;             /* of figures; exact below 2^53 */
  enum verdict_kind verdict; /* of FILTER_VERDICT */
};

struct analysis_filter {
  struct filter_term *terms;
  size_t count, capacity;
};

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The columns of figures, as data: the text report and the viewer draw the same ones. A column has
 * a title, a width, the order that it sorts by, and writes its value for a row.
 */
#ifndef SEEP_REPORT_COLUMNS_H
#define SEEP_REPORT_COLUMNS_H

#include "analysis/analysis.h"
#include "symbols/symbols.h"

enum column_id {
  COLUMN_OUTSTANDING_BYTES,
  COLUMN_OUTSTANDING_EXACT,
  COLUMN_OUTSTANDING_BLOCKS,
  COLUMN_GROWTH_BYTES,
  COLUMN_ALLOCATIONS,
  COLUMN_ALLOCATED_BYTES,
  COLUMN_TEMPORARY,
  COLUMN_PEAK_BYTES,
  COLUMN_OLDEST,
  COLUMN_MEDIAN,
  COLUMN_THREADS,
  COLUMN_BLOCKS_PER_UNIT,
  COLUMN_BYTES_PER_UNIT,
  COLUMN_BLOCKS_PER_HOUR,
  COLUMN_BYTES_PER_HOUR,
  COLUMN_COUNT,
};

/* What a value depends on besides the row. */
struct column_context {
  const struct trace *trace;
  uint64_t end_stamp; /* of the interval: ages are taken there */
  uint64_t units;     /* of the interval; 0: none */
  double seconds;     /* of the interval; 0: not told */
};

struct column {
  const char *title, *help;
  int width;               /* at least the title's and any usual value's */
  enum analysis_sort sort; /* rows in the order of its values; of a rate, that of its amount */
  /* Writes the value into out[FORMAT_BYTES] (format.h); false: not known (nothing is written). */
  bool (*value)(char *out, const struct column_context *context,
                const struct analysis_figures *figures);
};

/* Columns by id; a constant. */
const struct column *columns(void);

/* What a row stands for in one line, harmless for a terminal: "session_create session.c:142
 * sessiond", "libfoo.so+0x1234", a module's or thread's name. bytes: at least 16; a longer name is
 * cut. symbols (or NULL) tell which functions were inlined at a row of a tree. */
const char *columns_name(char *out, size_t bytes, const struct trace *trace,
                         struct symbols *symbols, const struct analysis_report *report,
                         const struct analysis_site *site);

#endif

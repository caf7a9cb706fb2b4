/* SPDX-License-Identifier: Apache-2.0
 *
 * What was accepted once: sites with the figures they had, in a file to keep beside the source.
 * Text, a site a line, its fields with a tab between them, so that a change of it is a diff to
 * read:
 *
 *   seep-baseline 1 per unit                                   or: per run
 *   BYTES BLOCKS MODULE BUILD-ID FUNCTION CALL/CALLS FILE LINE OFFSET
 *
 * Figures are decimal numbers, OFFSET hexadecimal; "-" is what is not known. In texts a control
 * character, a percent sign, and a "-" that stands alone are %XX. Lines that begin with "#" and
 * empty ones are skipped.
 */
#ifndef SEEP_COMPARE_BASELINE_H
#define SEEP_COMPARE_BASELINE_H

#include "compare/inventory.h"
#include <stdio.h>

struct baseline_entry {
  struct identity identity;
  double bytes, blocks; /* accepted */
  char *text;           /* private: what the identity's names are in */
};

struct baseline {
  struct baseline_entry *list;
  size_t count;
  bool per_unit; /* else per run */
};

/* Reads the file at path. TRACE_NOT_FOUND, or TRACE_READ for what is no baseline; the error's
 * detail names the line. *out is NULL unless TRACE_OK. */
enum trace_status baseline_read(const char *path, struct baseline **out, struct trace_error *error);
void baseline_free(struct baseline *baseline);

/* Writes what stands, per unit where the inventory has units. Errors stay in the stream. Returns
 * how many sites were written. */
size_t baseline_write(FILE *out, const struct inventory *inventory);

/* For each site of the inventory its entry, or NULL. The array is the caller's (free). NULL: no
 * memory. */
const struct baseline_entry **baseline_match(const struct baseline *baseline,
                                             const struct inventory *inventory);

#endif

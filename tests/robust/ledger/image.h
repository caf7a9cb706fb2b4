/* SPDX-License-Identifier: Apache-2.0
 *
 * Images of processes: what the ledger counted of each, and its trace.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include "ledger.h"

#include <analysis/analysis.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct image {
  const struct ledger *page; /* NULL: nothing was counted */
  char path[PATH_MAX];       /* of the trace */
  struct trace *trace;       /* NULL: there is none */
  struct analysis *analysis;
  const struct analysis_totals *totals;
};

struct images {
  struct image *list;
  size_t count;
};

/* Reads both directories, and joins what is of one image. Says on stderr what cannot be read; false
 * then. images_free in any case. */
bool images_read(struct images *images, const char *ledgers, const char *traces);
void images_free(struct images *images);

#endif

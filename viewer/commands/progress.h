/* SPDX-License-Identifier: Apache-2.0
 *
 * A progress bar on stderr, where that is a terminal; nothing elsewhere.
 */
#ifndef SEEP_PROGRESS_H
#define SEEP_PROGRESS_H

#include <stdbool.h>

struct progress {
  bool terminal;
  int percent; /* last drawn; -1: none */
};

void progress_begin(struct progress *progress);

/* Draws share, 0 to 1. Has the type that analysis_new wants: data is a struct progress; always
 * true. */
bool progress_show(void *data, double share);

/* Wipes the bar. */
void progress_end(struct progress *progress);

#endif

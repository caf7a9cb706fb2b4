/* SPDX-License-Identifier: Apache-2.0
 *
 * What a trace tells of a race, and what is wrong with that.
 */
#ifndef RACE_TALLY_H
#define RACE_TALLY_H

#include <stdbool.h>

enum tally_mode {
  TALLY_ALL,
  TALLY_PREFIX,  /* the process ended while its threads ran: of each the first calls, no hole */
  TALLY_SESSION, /* a recording of several: of each thread a run of calls, no hole */
  TALLY_SUMS,    /* blocks that lived shortly are only counted */
};

/* Prints what is wrong, and a sum. false: something is. */
bool tally_trace(enum tally_mode mode, const char *truth_path, const char *trace_path);

#endif

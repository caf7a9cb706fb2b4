/* SPDX-License-Identifier: Apache-2.0
 *
 * racecheck [-prefix|-session|-sums] TRUTH TRACE: holds a trace of a race against what the race
 * wrote down. Every call must be in the trace once, with its thread and its stack, or be counted as
 * not recorded. Prints what is wrong; exit status 0: nothing is.
 *
 *   -prefix   the process ended while its threads ran: of each the first calls, without a hole
 *   -session  a recording among others of the process: of each a run of calls, without a hole
 *   -sums     blocks that lived shortly are only counted
 */
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments) {
  static const char *const modes[] = {[TALLY_ALL] = "-all",
                                      [TALLY_PREFIX] = "-prefix",
                                      [TALLY_SESSION] = "-session",
                                      [TALLY_SUMS] = "-sums"};
  for (int mode = 0; count == 4 && mode < 4; mode++)
    if (!strcmp(arguments[1], modes[mode]))
      return tally_trace((enum tally_mode)mode, arguments[2], arguments[3]) ? 0 : 1;
  fprintf(stderr, "usage: racecheck -all|-prefix|-session|-sums TRUTH TRACE\n");
  return 2;
}

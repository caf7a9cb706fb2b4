/* SPDX-License-Identifier: Apache-2.0
 *
 * What pause and resume have in common: steering the recorder of a running target.
 */
#ifndef SEEP_STEER_H
#define SEEP_STEER_H

#include <seep/format.h>

/* The whole command: reads "FILE|PID", puts kind into the trace, which makes the recorder obey. */
int steer(int argc, char **argv, const char *help, enum seep_mark_kind kind);

#endif

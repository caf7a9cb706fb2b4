/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the trace goes: makes the file, and settles what to do when there is one of that name.
 */
#ifndef SEEP_PLACE_H
#define SEEP_PLACE_H

#include <stdbool.h>
#include <stdint.h>

/* Makes the trace file that the settings name. What stands there already: an empty file is
 * replaced; the trace of this same process before an exec, or of one that ended, is renamed (to
 * NAME.1 and so on); one that a running process writes is left alone, as is anything that is no
 * trace. false: nothing is recorded, and it was said why where somebody ought to know. */
bool place_trace(bool tagged, uint64_t pid_start);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Says on stderr what of a trace could not be read.
 */
#ifndef SEEP_DAMAGE_H
#define SEEP_DAMAGE_H

struct trace;

/* One line per damaged place with its offset, after a few of them a count of the others, and one
 * where the stage is gone. path is the trace's, as the user gave it. */
void damage_warn(const char *path, const struct trace *trace);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What a reader of any view of a trace has to know first: what is missing from it, and why.
 */
#ifndef SEEP_REPORT_WARNINGS_H
#define SEEP_REPORT_WARNINGS_H

#include "analysis/analysis.h"

#define WARNING_BYTES 384

/* Writes warning number index (from 0) into out[WARNING_BYTES], one line, harmless for a terminal;
 * false: there are no more. totals may be NULL: what only a replay tells is left out then. */
bool warnings_text(char *out, size_t index, const struct trace *trace,
                   const struct analysis_totals *totals);

/* Whether nothing is known to be missing: the target has ended, and all it recorded was read. What
 * a limit of the trace's size left out is missing. */
bool warnings_complete(const struct trace *trace);

/* Of children that were not recorded: what would have, or where the reason was said. */
const char *warnings_children_hint(const struct trace *trace);

/* "running", "ended", "died", "no stage". */
const char *warnings_state(const struct trace *trace);

#endif

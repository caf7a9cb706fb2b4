/* SPDX-License-Identifier: Apache-2.0
 *
 * What a trace is: what `seep info` writes. Needs no replay: definitions and frame headers say it
 * all. Everything from the trace is made harmless on the way (escape.h).
 */
#ifndef SEEP_REPORT_INFO_H
#define SEEP_REPORT_INFO_H

#include "symbols/symbols.h"
#include "trace/trace.h"
#include <stdio.h>

struct info_request {
  const char *path; /* of the trace, as the user gave it */
  const struct trace *trace;
  struct symbols *symbols; /* NULL: whether a module's symbols were found is not said */
};

/* Both return false when the stream could not be written, or memory ran out. */
bool info_text(FILE *out, const struct info_request *request);
bool info_json(FILE *out, const struct info_request *request);

/* Memory that the recorder may use in its target: 2 MiB, 64 KiB per thread alive at once, 48 bytes
 * per context, and where the trace's size is limited a 128th of that, 2 MiB at least and 32 at
 * most. Threads that fill their place quickly get up to 512 KiB instead. */
uint64_t info_recorder_budget(const struct trace *trace);

#endif

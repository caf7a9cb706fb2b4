/* SPDX-License-Identifier: Apache-2.0
 *
 * The formats by name, and a trace written to a file in one of them: what `seep export` and the
 * viewer have in common.
 */
#ifndef SEEP_EXPORT_FORMATS_H
#define SEEP_EXPORT_FORMATS_H

#include "export/export.h"

#define FORMATS_NAMES "pprof, folded, json, html, massif or speedscope"

struct export_format {
  const char *name, *extension; /* "pprof", "pb" */
  bool (*write)(FILE *out, const struct export_request *request, enum export_value value);
  bool binary;  /* not for a terminal */
  bool at_peak; /* shows the whole run, and in detail the moment when most stood */
};

/* The format that text names; NULL: none. */
const struct export_format *formats_named(const char *text);

/* When most stood, as an analysis takes times ("+12.5s"); "": at the start. To show it in detail
 * takes a second reading, in which this time is one of the moments kept. */
#define FORMATS_TIME_BYTES 32
void formats_peak(const struct trace *trace, const struct analysis *analysis,
                  char out[FORMATS_TIME_BYTES]);

/* Writes the file name, which may be there already but not be the trace itself. false: it was not
 * written whole, and message says why in one line. */
bool formats_write(const struct export_format *format, const char *name,
                   const struct export_request *request, enum export_value value, char *message,
                   size_t message_bytes);

#endif

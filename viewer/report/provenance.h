/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a module's names come from, and where debug information that is missing could come from:
 * sentences for people.
 */
#ifndef SEEP_REPORT_PROVENANCE_H
#define SEEP_REPORT_PROVENANCE_H

#include "symbols/symbols.h"
#include "trace/trace.h"

#define PROVENANCE_BYTES 512
#define PROVENANCE_ID_BYTES 65 /* of a build-id in hexadecimal, cut after 32 bytes */

/* Writes the build-id in hexadecimal, or "" where the module has none, and returns it. */
const char *provenance_build_id(char out[PROVENANCE_ID_BYTES], const struct trace_module *module);

/* Writes sentence number index (from 0) about a module (from 1), one line, harmless for a terminal;
 * false: there are no more. None is about a module that has not been looked at. */
bool provenance_text(char out[PROVENANCE_BYTES], size_t index, const struct trace *trace,
                     struct symbols *symbols, uint32_t module);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A verdict as a sentence that a person can act on, and a rate of growth in words.
 */
#ifndef SEEP_REPORT_SENTENCE_H
#define SEEP_REPORT_SENTENCE_H

#include "analysis/freed_by.h"
#include "analysis/projection.h"
#include "analysis/verdict.h"
#include "report/report.h"

#define SENTENCE_BYTES 1400

/* "session_create (session.c:47) leaks 1.00 block, 152 bytes per unit: EVIDENCE; at this load 1.9
 * GiB a day", or "; 44.5 KiB in 1.98 s". Writes into out[SENTENCE_BYTES], harmless for a terminal,
 * and returns it. */
const char *sentence_verdict(char *out, const struct report_request *request,
                             const struct analysis_site *site, const struct verdict *verdict);

/* "of its freed blocks, 97 % of 31 sampled were freed by session_logout (session.c:88), median age
 * 1.2 s; 3 % by …", or that none was sampled, and why. Writes into out[SENTENCE_BYTES], harmless
 * for a terminal. */
const char *sentence_freed(char *out, const struct report_request *request,
                           const struct freed_by *freed);

/* A call in the words of a sentence: "session_create (session.c:47)", into out[bytes]. false, with
 * nothing written: it has no name or no line. */
bool sentence_call(char *out, size_t bytes, const char *function, const char *file, uint32_t line);

/* "at this load 1.9 GiB a day", or "3.2 MiB an hour", the span in which it is a size to think of;
 * of what was not seen for long (RATE_SPAN_SECONDS) "44.5 KiB in 1.98 s". Writes into
 * out[SENTENCE_PACE_BYTES] and returns it. */
#define SENTENCE_PACE_BYTES (3 * 48)
const char *sentence_pace(char *out, double bytes_per_hour, double seconds);

/* One of the calls: "session_logout (session.c:88)". Writes into out[bytes]. */
const char *sentence_freed_call(char *out, size_t bytes, const struct trace *trace,
                                const struct freed_call *call);

/* "at this load 1.9 GiB a day; the limit of 8.0 GiB is reached in 4 d 3 h"; of what was not seen
 * for long (RATE_SPAN_SECONDS) what was seen. Writes into out[SENTENCE_BYTES]. */
const char *sentence_projection(char *out, const struct projection *projection);

#endif

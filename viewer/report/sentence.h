/* SPDX-License-Identifier: Apache-2.0
 *
 * A verdict as a sentence that a person can act on, and a rate of growth in words.
 */
#ifndef SEEP_REPORT_SENTENCE_H
#define SEEP_REPORT_SENTENCE_H

#include "analysis/projection.h"
#include "analysis/verdict.h"
#include "report/report.h"

#define SENTENCE_BYTES 1400

/* "session_create (session.c:47) leaks 1.00 block, 152 bytes per unit: EVIDENCE; at this load 1.9
 * GiB a day". Writes into out[SENTENCE_BYTES], harmless for a terminal, and returns it. */
const char *sentence_verdict(char *out, const struct report_request *request,
                             const struct analysis_site *site, const struct verdict *verdict);

/* "1.9 GiB a day, the limit of 8.0 GiB is reached in 4 d 3 h". Writes into out[SENTENCE_BYTES]. */
const char *sentence_projection(char *out, const struct projection *projection);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentence that goes with a verdict: what was seen, in figures.
 */
#ifndef SEEP_ANALYSIS_EVIDENCE_H
#define SEEP_ANALYSIS_EVIDENCE_H

#include "analysis/cohort.h"
#include "analysis/trend.h"
#include "analysis/verdict.h"

/* Writes verdict->evidence from what is known; kind and rate are set. */
void evidence_write(struct verdict *verdict, const struct cohort *cohort,
                    const struct trend *trend);

/* Puts in front of it that it is the evidence of the largest leak among leaks of a row's sites. */
void evidence_of_sites(struct verdict *verdict, size_t leaks, size_t sites);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rows of a report are thought to be: a verdict each, and the first leaks in sentences.
 * Worked out with the report by the thread that answers questions; the screen's only reads them.
 */
#ifndef SEEP_FINDINGS_H
#define SEEP_FINDINGS_H

#include "report/sentence.h"
#include "screen/reading.h"

#define FINDINGS_SENTENCES 2

struct findings {
  const struct analysis_report *report;
  struct verdict *verdicts; /* of its rows */
  size_t leaks;             /* what leaks together counts once */
  bool known;               /* there is a row that more can be said of than "unknown" */
  char sentences[FINDINGS_SENTENCES][SENTENCE_BYTES]; /* of the first leaks; harmless */
};

/* report must outlive the result. Rows of a tree and threads have no verdicts: NULL, as without
 * memory. By one thread at a time; slow. */
struct findings *findings_new(const struct reading *reading, const struct analysis_report *report);
void findings_free(struct findings *findings);

/* The verdict of one of the report's rows; NULL: it has none, or findings is NULL. */
const struct verdict *findings_of(const struct findings *findings,
                                  const struct analysis_site *site);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rows of a report are thought to be: a verdict each, and the first leaks in sentences.
 * Worked out with the report by the thread that answers questions; the screen's only reads them.
 */
#ifndef SEEP_FINDINGS_H
#define SEEP_FINDINGS_H

#include "analysis/bundles.h"
#include "report/sentence.h"
#include "screen/reading.h"

#define FINDINGS_SENTENCES 2

struct findings {
  const struct analysis_report *report; /* that the verdicts are of */
  struct analysis_report *own;          /* the same, where it is not the picture's */
  struct verdict *verdicts;             /* of its rows */
  struct bundles *bundles;              /* those of the rows that leak together */
  bool *paths;                          /* per context: a leak's stack leads through it */
  size_t context_count;
  size_t leaks; /* what leaks together counts once */
  bool known;   /* there is a row that more can be said of than "unknown" */
  char sentences[FINDINGS_SENTENCES][SENTENCE_BYTES]; /* of the first leaks; harmless */
};

/* report, which answers question, must outlive the result. Rows of a tree and threads have no
 * verdicts: then they are those of the sites of the same question. NULL: no memory. By one thread
 * at a time; slow. */
struct findings *findings_new(const struct reading *reading, const struct question *question,
                              const struct analysis_report *report);
void findings_free(struct findings *findings);

/* Whether the row (by number, of the report of the verdicts) is a leak of its own, or the owner of
 * those that leak with it. */
bool findings_leads(const struct findings *findings, size_t row);

/* The verdict of one of the picture's rows; NULL: it has none, or findings is NULL. */
const struct verdict *findings_of(const struct findings *findings,
                                  const struct analysis_site *site);

/* Whether a leak's stack leads through a context of the trace; findings may be NULL. */
bool findings_leads_to_leak(const struct findings *findings, uint32_t context);

#endif

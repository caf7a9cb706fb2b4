/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/findings.h"

#include "analysis/bundles.h"

#include <stdlib.h>

/* Whether the row is a leak of its own, or the owner of those that leak with it. */
static bool findings_leads(const struct findings *findings, const struct bundles *bundles,
                           size_t row) {
  size_t bundle = bundles->of_row[row];
  return findings->verdicts[row].kind == VERDICT_LEAK &&
         (bundle == BUNDLES_NONE || bundles->list[bundle].members[0].row == row);
}

static void findings_write(struct findings *findings, const struct reading *reading,
                           const struct bundles *bundles) {
  const struct analysis_report *report = findings->report;
  const struct report_request request = {.trace = reading->trace,
                                         .analysis = reading->analysis,
                                         .symbols = reading->symbols,
                                         .report = report};
  for (size_t i = 0; i < report->site_count; i++) {
    findings->known |= findings->verdicts[i].kind != VERDICT_UNKNOWN;
    if (!findings_leads(findings, bundles, i))
      continue;
    if (findings->leaks < FINDINGS_SENTENCES)
      sentence_verdict(findings->sentences[findings->leaks], &request, &report->sites[i],
                       &findings->verdicts[i]);
    findings->leaks++;
  }
}

struct findings *findings_new(const struct reading *reading, const struct analysis_report *report) {
  bool fits = report->by != ANALYSIS_BY_TREE && report->by != ANALYSIS_BY_THREAD;
  struct findings *findings = fits ? calloc(1, sizeof *findings) : NULL;
  if (!findings)
    return NULL;
  findings->report = report;
  findings->verdicts = verdict_of_report(reading->analysis, report);
  struct bundles *bundles =
      findings->verdicts ? bundles_of_report(reading->analysis, report, findings->verdicts) : NULL;
  if (bundles) {
    findings_write(findings, reading, bundles);
  } else {
    findings_free(findings);
    findings = NULL;
  }
  bundles_free(bundles);
  return findings;
}

void findings_free(struct findings *findings) {
  if (!findings)
    return;
  free(findings->verdicts);
  free(findings);
}

const struct verdict *findings_of(const struct findings *findings,
                                  const struct analysis_site *site) {
  return findings ? &findings->verdicts[site - findings->report->sites] : NULL;
}

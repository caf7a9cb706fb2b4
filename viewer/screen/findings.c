/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/findings.h"

#include <stdlib.h>

bool findings_leads(const struct findings *findings, size_t row) {
  const struct bundles *bundles = findings->bundles;
  size_t bundle = bundles->of_row[row];
  return findings->verdicts[row].kind == VERDICT_LEAK &&
         (bundle == BUNDLES_NONE || bundles->list[bundle].members[0].row == row);
}

static void findings_write(struct findings *findings, const struct reading *reading) {
  const struct analysis_report *report = findings->report;
  const struct report_request request = {.trace = reading->trace,
                                         .analysis = reading->analysis,
                                         .symbols = reading->symbols,
                                         .report = report};
  for (size_t i = 0; i < report->site_count; i++) {
    findings->known |= findings->verdicts[i].kind != VERDICT_UNKNOWN;
    if (!findings_leads(findings, i))
      continue;
    if (findings->leaks < FINDINGS_SENTENCES)
      sentence_verdict(findings->sentences[findings->leaks], &request, &report->sites[i],
                       &findings->verdicts[i]);
    findings->leaks++;
  }
}

/* Marks the way out from where a stack allocated. */
static void findings_mark_path(struct findings *findings, const struct trace *trace,
                               uint32_t context) {
  while (context && context < findings->context_count && !findings->paths[context]) {
    findings->paths[context] = true;
    context = trace->contexts[context].parent;
  }
}

static void findings_mark_leaks(struct findings *findings, const struct trace *trace) {
  for (size_t i = 0; i < findings->report->site_count; i++) {
    const struct analysis_site *site = &findings->report->sites[i];
    if (findings->verdicts[i].kind == VERDICT_LEAK)
      for (size_t j = 0; j < site->stack_count; j++)
        if (site->stacks[j].figures.outstanding_blocks)
          findings_mark_path(findings, trace, site->stacks[j].context);
  }
}

/* false: no memory. */
static bool findings_fill(struct findings *findings, const struct reading *reading) {
  const struct analysis_report *report = findings->report;
  findings->context_count = reading->trace->context_count;
  findings->paths = calloc(findings->context_count + 1, sizeof *findings->paths);
  findings->verdicts = report ? verdict_of_report(reading->analysis, report) : NULL;
  if (findings->verdicts && findings->paths)
    findings->bundles = bundles_of_report(reading->analysis, report, findings->verdicts);
  if (!findings->bundles)
    return false;
  findings_write(findings, reading);
  findings_mark_leaks(findings, reading->trace);
  return true;
}

struct findings *findings_new(const struct reading *reading, const struct question *question,
                              const struct analysis_report *report) {
  struct findings *findings = calloc(1, sizeof *findings);
  if (!findings)
    return NULL;
  findings->report = report;
  if (report->by == ANALYSIS_BY_TREE || report->by == ANALYSIS_BY_THREAD) {
    struct question sites = *question;
    sites.by = ANALYSIS_BY_SITE;
    findings->report = findings->own = reading_ask(reading, &sites);
  }
  if (findings_fill(findings, reading))
    return findings;
  findings_free(findings);
  return NULL;
}

void findings_free(struct findings *findings) {
  if (!findings)
    return;
  bundles_free(findings->bundles);
  analysis_report_free(findings->own);
  free(findings->verdicts);
  free(findings->paths);
  free(findings);
}

const struct verdict *findings_of(const struct findings *findings,
                                  const struct analysis_site *site) {
  return findings && !findings->own ? &findings->verdicts[site - findings->report->sites] : NULL;
}

bool findings_leads_to_leak(const struct findings *findings, uint32_t context) {
  return findings && context < findings->context_count && findings->paths[context];
}

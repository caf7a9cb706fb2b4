/* SPDX-License-Identifier: Apache-2.0
 *
 * Which sites leak, and why that is thought: a verdict per site and per stack, with one sentence of
 * evidence and a confidence. The method, its assumptions and its errors: docs/verdict.md.
 */
#ifndef SEEP_ANALYSIS_VERDICT_H
#define SEEP_ANALYSIS_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

struct analysis;
struct analysis_report;

/* One list makes the kinds and the words that reports use. */
#define VERDICTS(X)                                                                                \
  X(VERDICT_UNKNOWN, "unknown")                                                                    \
  X(VERDICT_LEAK, "leak")                                                                          \
  X(VERDICT_PLATEAU, "plateau")                                                                    \
  X(VERDICT_STARTUP, "startup")                                                                    \
  X(VERDICT_STEP, "step")                                                                          \
  X(VERDICT_CHURN, "churn")

enum verdict_kind {
#define X(name, word) name,
  VERDICTS(X)
#undef X
      VERDICT_KINDS
};

const char *verdict_word(enum verdict_kind kind);

struct verdict {
  enum verdict_kind kind;
  double confidence;  /* 0 to 1 */
  char evidence[320]; /* one sentence with its figures, plain text */
  bool has_rate;      /* units were given, and the slope could be estimated */
  double blocks_per_unit,
      bytes_per_unit; /* least-squares slope of what stays; its ends alone between two marks */
  double blocks_per_unit_low,
      blocks_per_unit_high; /* its 95 % confidence interval; NAN: two marks have none */
  double bytes_per_hour;    /* at the measured rate, of what is retained; 0: not growing */
  double seconds;           /* in which that was measured */
};

/* The verdicts of a report's rows (by site, function, module or thread), in the order of its rows.
 * A function or module leaks where one of its sites does; the figures are those of the largest
 * such. Computed over the whole run's intervals, whichever interval the report shows. The array is
 * the caller's, to be freed with free(). NULL: no memory. */
struct verdict *verdict_of_report(const struct analysis *analysis,
                                  const struct analysis_report *report);
struct verdict verdict_of_stack(const struct analysis *analysis, uint32_t context);

/* The kinds of verdict of all sites: an array by the group of the site (places.h), the caller's to
 * free(). NULL: no memory. */
uint8_t *verdict_kinds_of_sites(const struct analysis *analysis);

#endif

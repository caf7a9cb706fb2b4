/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/evidence.h"
#include "analysis/digits.h"
#include "analysis/rate.h"
#include <stdio.h>
#include <string.h>

#define EVIDENCE_WORDS 80
#define EVIDENCE_NUMBERS 4 /* the most that stand in one sentence */

struct evidence {
  struct verdict *verdict;
  const struct cohort *cohort;
  const struct trend *trend;
  char window[EVIDENCE_WORDS]; /* "between warm and after" */
  char numbers[EVIDENCE_NUMBERS][DIGITS_BYTES];
  size_t number_count;
};

/* Labels are a program's: what is longer than a word or not plain is left out of sentences. */
static bool evidence_plain(const char *label) {
  size_t length = strlen(label);
  for (size_t i = 0; i < length; i++)
    if (label[i] < ' ' || label[i] > '~')
      return false;
  return length > 0 && length <= 30;
}

static void evidence_window(struct evidence *evidence) {
  const struct analysis *analysis = evidence->cohort->analysis;
  const struct analysis_moment *from = &analysis->moments.list[analysis->calendar.from_moment];
  const struct analysis_moment *to = &analysis->moments.list[analysis->calendar.to_moment];
  if (!analysis->calendar.marked)
    snprintf(evidence->window, sizeof evidence->window, "after the start");
  else if (evidence_plain(from->label) && evidence_plain(to->label))
    snprintf(evidence->window, sizeof evidence->window, "between %s and %s", from->label,
             to->label);
  else
    snprintf(evidence->window, sizeof evidence->window, "between the marks");
}

/* "1,234", for as long as the sentence is being written. */
static const char *evidence_number(struct evidence *evidence, int64_t number) {
  char *out = evidence->numbers[evidence->number_count++ % EVIDENCE_NUMBERS];
  bool negative = number < 0;
  *out = '-';
  digits_grouped(out + negative, negative ? 0 - (uint64_t)number : (uint64_t)number);
  return out;
}

static const char *evidence_plural(int64_t count) {
  return count == 1 ? "" : "s";
}

/* "none freed", "65 freed": of the blocks that were allocated in the window. */
static void evidence_freed(char *out, size_t bytes, struct evidence *evidence) {
  int64_t freed = evidence->cohort->born - evidence->cohort->kept;
  if (freed)
    snprintf(out, bytes, "%s freed", evidence_number(evidence, freed));
  else
    snprintf(out, bytes, "none freed");
}

static void evidence_exact(char *out, size_t bytes, const struct evidence *evidence) {
  struct rate_fraction fraction;
  const struct verdict *verdict = evidence->verdict;
  *out = '\0';
  if (!verdict->has_rate || evidence->cohort->kept < 8 ||
      !rate_exact(verdict->blocks_per_unit, &fraction))
    return;
  if (fraction.bottom == 1)
    snprintf(out, bytes, ", exactly %u block%s per unit", fraction.top,
             evidence_plural(fraction.top));
  else
    snprintf(out, bytes, ", exactly %u block%s in %u units", fraction.top,
             evidence_plural(fraction.top), fraction.bottom);
}

#define EVIDENCE(...)                                                                              \
  snprintf(evidence->verdict->evidence, sizeof evidence->verdict->evidence, __VA_ARGS__)

static void evidence_leak(struct evidence *evidence) {
  const struct cohort *cohort = evidence->cohort;
  const struct trend *trend = evidence->trend;
  char freed[40], exact[48];
  evidence_freed(freed, sizeof freed, evidence);
  evidence_exact(exact, sizeof exact, evidence);
  EVIDENCE("%s blocks allocated %s, %s, %s stand%s; old ones became more in %zu of %zu steps, %s "
           "of them %s freed",
           evidence_number(evidence, cohort->born), evidence->window, freed,
           evidence_number(evidence, cohort->kept), exact, trend->rises, trend->points,
           evidence_number(evidence, trend->freed), trend->freed == 1 ? "was" : "were");
}

static void evidence_plateau(struct evidence *evidence) {
  const struct cohort *cohort = evidence->cohort;
  const struct trend *trend = evidence->trend;
  int64_t gone = cohort->before - cohort->before_kept;
  const char *before = evidence_number(evidence, cohort->before);
  if (trend->growth > 0 && trend->thirds[2] * 5 < trend->growth && trend->freed < trend->growth)
    EVIDENCE("grew by %s blocks %s, by %s in the last third of the work",
             evidence_number(evidence, trend->growth), evidence->window,
             evidence_number(evidence, trend->thirds[2]));
  else if (!gone && !cohort->kept)
    EVIDENCE("bounded: filled with %s blocks step by step before, and did not become more %s",
             before, evidence->window);
  else
    EVIDENCE("bounded: %s blocks stood before, %s of them were freed, and of %s allocated %s %s "
             "stand",
             before, evidence_number(evidence, gone), evidence_number(evidence, cohort->born),
             evidence->window, evidence_number(evidence, cohort->kept));
}

static void evidence_startup(struct evidence *evidence) {
  const struct cohort *cohort = evidence->cohort;
  EVIDENCE("%s block%s allocated before stand%s, and did not become more %s",
           evidence_number(evidence, cohort->before_kept), evidence_plural(cohort->before_kept),
           cohort->before_kept == 1 ? "s" : "", evidence->window);
}

/* The period whose blocks became old in the largest step. */
static size_t evidence_born(const struct evidence *evidence) {
  const struct calendar *calendar = &evidence->cohort->analysis->calendar;
  size_t born = calendar->first;
  while (born < evidence->trend->largest_at && calendar->ripe[born] < evidence->trend->largest_at)
    born++;
  return born;
}

static void evidence_step(struct evidence *evidence) {
  const struct trend *trend = evidence->trend;
  const struct analysis *analysis = evidence->cohort->analysis;
  double ticks = analysis->trace->process.ticks_per_second;
  uint64_t since = analysis->periods.bounds[evidence_born(evidence)] - analysis->periods.bounds[0];
  double seconds = (double)since / ticks;
  bool fine = seconds < 10;
  EVIDENCE(
      "grew once, by %s block%s of those allocated from %.0f %s after the start, and not again",
      evidence_number(evidence, trend->growth), evidence_plural(trend->growth),
      fine ? seconds * 1000 : seconds, fine ? "ms" : "s");
}

static void evidence_churn(struct evidence *evidence) {
  const struct cohort *cohort = evidence->cohort;
  if (!cohort->born && !cohort->before)
    EVIDENCE("nothing stood or was allocated %s", evidence->window);
  else if (cohort->kept)
    EVIDENCE("%s blocks allocated %s, all freed but the %s youngest",
             evidence_number(evidence, cohort->born), evidence->window,
             evidence_number(evidence, cohort->kept));
  else
    EVIDENCE("nothing is retained: %s block%s allocated %s, all freed",
             evidence_number(evidence, cohort->born), evidence_plural(cohort->born),
             evidence->window);
}

static void evidence_unknown(struct evidence *evidence) {
  const struct cohort *cohort = evidence->cohort;
  const struct calendar *calendar = &cohort->analysis->calendar;
  const char *more = calendar->named > 2 ? "a longer run" : "two more marks";
  if (calendar->brief) {
    EVIDENCE(
        "%s of %s blocks allocated %s stand, but hardly anything was done after the first %.2g "
        "s, which may be a start alone; load, or two marks, would tell",
        evidence_number(evidence, cohort->kept), evidence_number(evidence, cohort->born),
        evidence->window, calendar->busy_s);
    return;
  }
  EVIDENCE("%s of %s blocks allocated %s stand, too few or too late to tell; %s would",
           evidence_number(evidence, cohort->kept), evidence_number(evidence, cohort->born),
           evidence->window, more);
}

void evidence_write(struct verdict *verdict, const struct cohort *cohort,
                    const struct trend *trend) {
  static void (*const writers[])(struct evidence * evidence) = {
      [VERDICT_UNKNOWN] = evidence_unknown, [VERDICT_LEAK] = evidence_leak,
      [VERDICT_PLATEAU] = evidence_plateau, [VERDICT_STARTUP] = evidence_startup,
      [VERDICT_STEP] = evidence_step,       [VERDICT_CHURN] = evidence_churn,
  };
  struct evidence evidence = {.verdict = verdict, .cohort = cohort, .trend = trend};
  evidence_window(&evidence);
  writers[verdict->kind](&evidence);
}

void evidence_of_sites(struct verdict *verdict, size_t leaks, size_t sites) {
  char of_largest[sizeof verdict->evidence];
  memcpy(of_largest, verdict->evidence, sizeof of_largest);
  snprintf(verdict->evidence, sizeof verdict->evidence, "%zu of its %zu sites leak%s: %.240s",
           leaks, sites, leaks == 1 ? "s" : ", the largest", of_largest);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * docs/verdict.md gives the reasons for the rules and their bounds.
 */
#include "analysis/verdict.h"
#include "analysis/cohort.h"
#include "analysis/evidence.h"
#include "analysis/rate.h"
#include "analysis/trend.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VERDICT_FEW 3      /* blocks: with less growth nothing is called a leak */
#define VERDICT_STRAY 16   /* blocks that may come to many others without being a leak */
#define VERDICT_CACHE 16   /* blocks: the least that a cache is known by */
#define VERDICT_COUNTED 16 /* blocks that a whole number per unit is believed of */
#define VERDICT_RISES 3    /* steps in which it must have grown: two may be any two events */
#define VERDICT_POINTS 4   /* steps that a trend needs */
#define VERDICT_STEP_SHARE 0.7
#define VERDICT_FILLING 0.2      /* of all allocations at the time; more is a load of its own */
#define VERDICT_FILLING_TIME 0.1 /* of the time before the window */
#define VERDICT_REPLACED 0.85    /* of the growth, freed later: it is turnover */

const char *verdict_word(enum verdict_kind kind) {
  static const char *const words[] = {
#define X(name, word) [name] = word,
      VERDICTS(X)
#undef X
  };
  return words[kind];
}

/* ---- Kinds ------------------------------------------------------------------------------------
 */

/* Growth that turnover alone may bring. What stands and is never replaced brings little, however
 * much it is. */
static double verdict_noise(const struct trend *trend) {
  double base = 0.02 * (double)trend->first;
  if (trend->freed < trend->growth && base > VERDICT_STRAY)
    base = VERDICT_STRAY;
  double turnover = 3 * sqrt((double)trend->freed);
  double few = VERDICT_FEW - 0.5;
  double noise = base > turnover ? base : turnover;
  return noise > few ? noise : few;
}

/* Old blocks went at once, as when a log is rotated or a table is emptied. */
static bool verdict_emptied(const struct trend *trend) {
  return trend->drop * 2 > trend->first + trend->growth + trend->drop &&
         trend->drop * 3 > trend->growth;
}

/* Work that comes in bursts, each followed by a wait, makes steps: which third the last of them
 * falls into is chance, and so is half of it. */
static bool verdict_goes_on(const struct trend *trend) {
  double growth = (double)trend->growth, last = (double)trend->thirds[2];
  double chance = sqrt(last > 0 ? last : 0) + (double)trend->largest / 2;
  return trend->rises >= VERDICT_RISES && last >= 1 &&
         last + chance >= 0.25 * growth * 3 * trend->work[2] && last >= 0.15 * growth &&
         trend->growth - trend->thirds[2] >= VERDICT_FEW - 1 &&
         (double)trend->thirds[1] + sqrt(growth) / 2 >= 0.1 * growth;
}

/* Too few steps to see a trend in: whether all growth is the window's own and has become old. */
static bool verdict_goes_on_coarsely(const struct cohort *cohort, const struct trend *trend) {
  int64_t growth = cohort->kept - (cohort->before - cohort->before_kept);
  return growth >= 8 && growth * 10 >= cohort->kept * 8 && trend->growth * 2 >= cohort->kept;
}

/* Between two marks nobody says when the units were done, and what comes behind the last of them (a
 * wait until sessions expire) looks like growth that stopped. But a bound that comes to a whole
 * number of blocks per unit would be a strange chance. */
static bool verdict_keeps_to_units(const struct cohort *cohort, const struct verdict *verdict) {
  struct rate_fraction fraction;
  return cohort->analysis->calendar.named == 1 && verdict->has_rate &&
         cohort->kept >= VERDICT_COUNTED && rate_exact(verdict->blocks_per_unit, &fraction) &&
         fraction.bottom == 1;
}

static enum verdict_kind verdict_of_growth(const struct cohort *cohort, const struct trend *trend,
                                           const struct verdict *verdict) {
  double rise = (double)(trend->growth + trend->freed);
  if (verdict_emptied(trend) || (double)trend->freed > VERDICT_REPLACED * rise)
    return VERDICT_PLATEAU;
  if (verdict_keeps_to_units(cohort, verdict))
    return VERDICT_LEAK;
  if (trend->points < VERDICT_POINTS)
    return verdict_goes_on_coarsely(cohort, trend) ? VERDICT_LEAK : VERDICT_UNKNOWN;
  if ((double)trend->largest > VERDICT_STEP_SHARE * (double)trend->growth)
    return trend->freed > trend->growth ? VERDICT_PLATEAU : VERDICT_STEP;
  if (verdict_goes_on(trend)) /* a program that only starts grows all the time */
    return cohort->analysis->calendar.brief ? VERDICT_UNKNOWN : VERDICT_LEAK;
  return (double)trend->thirds[2] < 0.2 * (double)trend->growth ? VERDICT_PLATEAU : VERDICT_UNKNOWN;
}

/* Whether what stands from before the window came while other things were done, little by little or
 * late, as in a cache, and not in one go at the start, as in a table. */
static bool verdict_filled(const struct cohort *cohort) {
  const struct analysis *analysis = cohort->analysis;
  double activity = 0;
  for (size_t i = 0; i < analysis->calendar.first; i++)
    activity += cohort->periods[i].kept > 0 ? analysis->ledger.activity[i] : 0;
  const uint64_t *bounds = analysis->periods.bounds;
  double before = (double)(bounds[analysis->calendar.first] - bounds[0]);
  double filled = (double)cohort->before_newest - (double)bounds[0];
  return cohort->before_kept >= 4 * VERDICT_FEW && filled > VERDICT_FILLING_TIME * before &&
         (double)cohort->before_kept < VERDICT_FILLING * activity;
}

/* Whether what stands is always as much, although none of it gets old: traffic varies, a small
 * cache that is full does not. */
static bool verdict_constant(const struct cohort *cohort) {
  const struct calendar *calendar = &cohort->analysis->calendar;
  int64_t least = INT64_MAX, most = 0;
  for (size_t i = calendar->settled; i < calendar->last; i++) {
    int64_t stands = cohort->periods[i].stands;
    least = stands < least ? stands : least;
    most = stands > most ? stands : most;
  }
  return least >= VERDICT_CACHE && (most - least) * 50 <= most && cohort->born > 2 * most;
}

static enum verdict_kind verdict_without_growth(const struct cohort *cohort,
                                                const struct trend *trend) {
  int64_t gone = cohort->before - cohort->before_kept;
  if (trend->last <= 0)
    return verdict_constant(cohort) ? VERDICT_PLATEAU : VERDICT_CHURN;
  if (!cohort->before_kept && trend->freed >= VERDICT_CACHE) /* old ones go, others become old */
    return VERDICT_PLATEAU;
  if (trend->first < VERDICT_FEW && trend->growth > 0)
    return trend->thirds[2] > 0 || cohort->kept > trend->growth ? VERDICT_UNKNOWN : VERDICT_STEP;
  if (verdict_filled(cohort) || (cohort->born && gone * 5 > cohort->before))
    return VERDICT_PLATEAU;
  return VERDICT_STARTUP;
}

static enum verdict_kind verdict_kind_of(const struct cohort *cohort, const struct trend *trend,
                                         const struct verdict *verdict) {
  if ((double)trend->growth >= verdict_noise(trend))
    return verdict_of_growth(cohort, trend, verdict);
  return verdict_without_growth(cohort, trend);
}

/* ---- Confidence -------------------------------------------------------------------------------
 */

static double verdict_confidence(enum verdict_kind kind, const struct cohort *cohort,
                                 const struct trend *trend) {
  static const double named[] = {0.75, 0.85, 0.95};
  size_t intervals = cohort->analysis->calendar.named;
  double seen = intervals < 3 ? named[intervals] : 1;
  double amount = (double)(kind == VERDICT_LEAK ? trend->growth : cohort->born + cohort->before);
  double enough = 0.5 + 0.5 * amount / (amount + 6);
  if (trend->points < VERDICT_POINTS)
    seen *= 0.7;
  if (kind == VERDICT_UNKNOWN)
    return 0.3 * seen;
  if (kind != VERDICT_LEAK)
    return seen * enough;
  double rise = (double)(trend->growth + trend->freed);
  double stays = rise > 0 ? sqrt((double)trend->growth / rise) : 0;
  return seen * enough * stays * (0.7 + 0.3 * trend_evenness(trend));
}

/* ---- Rates ------------------------------------------------------------------------------------
 */

struct verdict_points {
  struct rate_point *blocks, *bytes;
  size_t count, settled; /* settled: those before which all blocks are old */
};

/* For each mark of the window, and each before which units were given: what was born in the window
 * before it and stands at the window's end. */
static void verdict_collect(struct verdict_points *points, const struct cohort *cohort) {
  const struct analysis *analysis = cohort->analysis;
  const struct calendar *calendar = &analysis->calendar;
  double units = 0, blocks = 0, bytes = 0;
  size_t next = calendar->first;
  for (size_t i = calendar->from_moment; i <= calendar->to_moment; i++) {
    size_t bound = analysis->periods.of_moment[i];
    for (; next < bound && next < calendar->last; next++) {
      blocks += (double)cohort->periods[next].kept;
      bytes += (double)cohort->periods[next].kept_bytes;
    }
    if (i > calendar->from_moment && !analysis->moments.list[i].units)
      continue;
    units += i > calendar->from_moment ? (double)analysis->moments.list[i].units : 0;
    points->blocks[points->count] = (struct rate_point){units, blocks};
    points->bytes[points->count++] = (struct rate_point){units, bytes};
    if (!bound || calendar->ripe[bound - 1] != CALENDAR_NEVER)
      points->settled = points->count;
  }
}

/* A line through the marks whose blocks are old by now: of the young ones some are in flight. Where
 * there are too few for it, through all. */
static void verdict_rate(struct verdict *verdict, const struct cohort *cohort) {
  const struct calendar *calendar = &cohort->analysis->calendar;
  size_t room = calendar->to_moment - calendar->from_moment + 1;
  struct rate_point *list = calloc(room * 2, sizeof *list);
  if (!list)
    return;
  struct verdict_points points = {.blocks = list, .bytes = list + room};
  struct rate blocks, bytes;
  verdict_collect(&points, cohort);
  size_t count = points.settled >= 3 ? points.settled : points.count;
  if (count >= 2 && rate_fit(&blocks, points.blocks, count) &&
      rate_fit(&bytes, points.bytes, count)) {
    verdict->has_rate = true;
    verdict->blocks_per_unit = blocks.slope;
    verdict->blocks_per_unit_low = blocks.low;
    verdict->blocks_per_unit_high = blocks.high;
    verdict->bytes_per_unit = bytes.slope;
  }
  free(list);
}

/* What stood at the end of the period before the given bound. */
static int64_t verdict_bytes_at(const struct cohort *cohort, size_t bound) {
  return bound ? cohort->periods[bound - 1].stands_bytes : 0;
}

static void verdict_hourly(struct verdict *verdict, const struct cohort *cohort) {
  const struct analysis *analysis = cohort->analysis;
  const struct calendar *calendar = &analysis->calendar;
  const uint64_t *bounds = analysis->periods.bounds;
  double ticks = (double)(bounds[calendar->last] - bounds[calendar->first]);
  int64_t grown = verdict_bytes_at(cohort, calendar->last) - cohort->before_bytes;
  verdict->seconds = ticks / analysis->trace->process.ticks_per_second;
  if (grown > 0 && verdict->seconds > 0)
    verdict->bytes_per_hour = (double)grown / verdict->seconds * 3600;
}

/* ---- Verdicts ---------------------------------------------------------------------------------
 */

static void verdict_take(struct verdict *verdict, struct cohort *cohort, uint32_t group) {
  size_t count;
  const uint32_t *places = members_of(&cohort->analysis->members, group, &count);
  struct trend trend;
  *verdict = (struct verdict){.blocks_per_unit_low = NAN, .blocks_per_unit_high = NAN};
  cohort_take(cohort, places, count);
  trend_take(&trend, cohort);
  verdict_rate(verdict, cohort);
  verdict->kind = verdict_kind_of(cohort, &trend, verdict);
  verdict->confidence = verdict_confidence(verdict->kind, cohort, &trend);
  verdict_hourly(verdict, cohort);
  evidence_write(verdict, cohort, &trend);
}

/* A row of many sites: their sums hide a leak behind what the others do. */
struct verdict_sites {
  size_t count, leaks;
  struct verdict largest; /* of the leaks */
  int64_t largest_bytes;
};

static void verdict_add_site(struct verdict_sites *sites, struct cohort *cohort, uint32_t group) {
  struct verdict verdict;
  verdict_take(&verdict, cohort, group);
  sites->count++;
  if (verdict.kind != VERDICT_LEAK)
    return;
  if (!sites->leaks++ || cohort->kept_bytes > sites->largest_bytes) {
    sites->largest = verdict;
    sites->largest_bytes = cohort->kept_bytes;
  }
}

/* Where sites of a function or a module leak, that is its verdict. seen: per group, whether it is a
 * site that was taken; each belongs to one row. */
static void verdict_take_sites(struct verdict *verdict, struct cohort *cohort, uint32_t group,
                               bool *seen) {
  const struct analysis *analysis = cohort->analysis;
  struct verdict_sites sites = {.count = 0};
  size_t count;
  const uint32_t *places = members_of(&analysis->members, group, &count);
  for (size_t i = 0; i < count; i++) {
    uint32_t site = analysis->ledger.places.list[places[i]].groups[GROUP_SITE];
    if (!seen[site])
      verdict_add_site(&sites, cohort, site);
    seen[site] = true;
  }
  if (sites.leaks && sites.count > 1) {
    *verdict = sites.largest;
    evidence_of_sites(verdict, sites.leaks, sites.count);
  }
}

static void verdict_take_rows(struct verdict *verdicts, struct cohort *cohort,
                              const struct analysis_report *report, bool *seen) {
  for (size_t i = 0; i < report->site_count; i++) {
    uint32_t group = report->sites[i].group;
    verdict_take(&verdicts[i], cohort, group);
    if (report->by == ANALYSIS_BY_FUNCTION || report->by == ANALYSIS_BY_MODULE)
      verdict_take_sites(&verdicts[i], cohort, group, seen);
  }
}

struct verdict *verdict_of_report(const struct analysis *analysis,
                                  const struct analysis_report *report) {
  struct cohort cohort;
  struct verdict *verdicts = calloc(report->site_count + 1, sizeof *verdicts);
  bool *seen = calloc(analysis->ledger.places.group_count + 1, sizeof *seen);
  bool done = cohort_init(&cohort, analysis) && verdicts && seen;
  if (done && report->by != ANALYSIS_BY_TREE)
    verdict_take_rows(verdicts, &cohort, report, seen);
  cohort_release(&cohort);
  free(seen);
  if (done)
    return verdicts;
  free(verdicts);
  return NULL;
}

uint8_t *verdict_kinds_of_sites(const struct analysis *analysis) {
  const struct places *places = &analysis->ledger.places;
  uint8_t *kinds = malloc(places->group_count + 1);
  struct cohort cohort;
  bool done = cohort_init(&cohort, analysis) && kinds;
  if (done)
    memset(kinds, VERDICT_KINDS, places->group_count + 1);
  for (size_t i = 1; done && i < places->count; i++) {
    uint32_t site = places->list[i].groups[GROUP_SITE];
    struct verdict verdict;
    if (kinds[site] != VERDICT_KINDS)
      continue;
    verdict_take(&verdict, &cohort, site);
    kinds[site] = (uint8_t)verdict.kind;
  }
  cohort_release(&cohort);
  if (done)
    return kinds;
  free(kinds);
  return NULL;
}

struct verdict verdict_of_stack(const struct analysis *analysis, uint32_t context) {
  const struct places *places = &analysis->ledger.places;
  uint64_t key = (uint64_t)GROUP_STACK << 32 | context;
  uint32_t group = keymap_get(&places->group_by_key, key);
  struct verdict verdict = {.kind = VERDICT_UNKNOWN};
  struct cohort cohort;
  if (group && cohort_init(&cohort, analysis)) {
    verdict_take(&verdict, &cohort, group - 1);
    cohort_release(&cohort);
  }
  return verdict;
}

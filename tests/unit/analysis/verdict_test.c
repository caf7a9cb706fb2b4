/* SPDX-License-Identifier: Apache-2.0
 *
 * A service of 1,000 units of work whose calls retain in every way that there is, one call each:
 * what is said of them with five intervals between marks, with one, and without marks.
 */
#include "analysis/bundles.h"
#include "analysis/filter.h"
#include "analysis/profile.h"
#include "analysis/verdict.h"
#include "scene.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNITS 1000
#define UNIT_TICKS 1000000 /* a millisecond */
#define FIRST_UNIT 100     /* what comes before is warming up */

enum call { /* contexts and, times 16, offsets */
            CALL_MAIN = 1,
            CALL_LEAK,     /* a block a unit, for good */
            CALL_LEAK_TWO, /* with two blocks more */
            CALL_FORGETS,  /* of four blocks, three are freed soon */
            CALL_CACHE,    /* 100 blocks, the oldest goes */
            CALL_FILLS,    /* 300 blocks, one a unit, and then no more */
            CALL_TABLE,    /* 200 blocks at the start */
            CALL_CHURN,    /* freed in the unit */
            CALL_FLIGHT,   /* freed 20 units later */
            CALL_DOUBLES,  /* one block that is replaced by a larger one, ever more rarely */
            CALL_ROTATES,  /* a block a unit, all freed every 130 units */
            CALL_STEP,     /* 100 blocks in the middle */
            CALL_PAIR,     /* two blocks that stay: too few to tell */
            CALL_COUNT,
};

struct service {
  struct scene scene;
  uint64_t address, now;
  uint64_t blocks[CALL_COUNT][UNITS];
  size_t count[CALL_COUNT], freed[CALL_COUNT];
};

static void service_take(struct service *service, enum call call, uint64_t bytes) {
  service->address += 0x1000;
  service->now += 100;
  builder_alloc(service->scene.builder, 1, service->now, service->address, bytes, (uint32_t)call);
  if (service->count[call] < UNITS)
    service->blocks[call][service->count[call]++] = service->address;
}

/* Frees the oldest of the call that stands. */
static void service_give(struct service *service, enum call call) {
  service->now += 100;
  builder_free(service->scene.builder, 1, service->now,
               service->blocks[call][service->freed[call]++]);
}

static size_t service_stands(const struct service *service, enum call call) {
  return service->count[call] - service->freed[call];
}

static void service_bounded(struct service *service, unsigned unit) {
  service_take(service, CALL_CACHE, 50);
  if (service_stands(service, CALL_CACHE) > 100)
    service_give(service, CALL_CACHE);
  if (unit < 300)
    service_take(service, CALL_FILLS, 40);
  service_take(service, CALL_ROTATES, 80);
  if (unit % 130 == 129)
    while (service_stands(service, CALL_ROTATES))
      service_give(service, CALL_ROTATES);
  for (unsigned i = 0; unit == 400 && i < 100; i++)
    service_take(service, CALL_STEP, 30);
  if ((unit & (unit + 1)) == 0) { /* 0, 1, 3, 7, ... */
    service_take(service, CALL_DOUBLES, 16 + 16 * unit);
    if (service_stands(service, CALL_DOUBLES) > 1)
      service_give(service, CALL_DOUBLES);
  }
}

static void service_unit(struct service *service, unsigned unit) {
  service->now = 2000000 + (uint64_t)unit * UNIT_TICKS;
  service_take(service, CALL_CHURN, 10);
  service_give(service, CALL_CHURN);
  service_take(service, CALL_FLIGHT, 20);
  if (service_stands(service, CALL_FLIGHT) > 20)
    service_give(service, CALL_FLIGHT);
  if (unit == 500 || unit == 900)
    service_take(service, CALL_PAIR, 10);
  service_bounded(service, unit);
  if (unit < FIRST_UNIT)
    return;
  service_take(service, CALL_LEAK, 152);
  service_take(service, CALL_LEAK_TWO, 10);
  service_take(service, CALL_LEAK_TWO, 10);
  service_take(service, CALL_FORGETS, 64);
  if (unit % 4)
    builder_free(service->scene.builder, 1, service->now += 100, service->address);
}

/* Up to the end of its start. */
static struct service *service_begin(void) {
  struct service *service = calloc(1, sizeof *service);
  assert_non_null(service);
  scene_begin(&service->scene);
  struct builder *b = service->scene.builder;
  for (uint32_t call = CALL_MAIN; call < CALL_COUNT; call++)
    builder_context(b, call, call == CALL_MAIN ? 0 : CALL_MAIN, 1, call * 16, 0);
  service->now = 1500000;
  for (unsigned i = 0; i < 200; i++)
    service_take(service, CALL_TABLE, 100);
  return service;
}

/* intervals: between the marks; 0: there are none. */
static struct service *service_new(unsigned intervals) {
  struct service *service = service_begin();
  struct builder *b = service->scene.builder;
  unsigned length = intervals ? (UNITS - FIRST_UNIT) / intervals : UNITS;
  for (unsigned unit = 0; unit < UNITS; unit++) {
    service_unit(service, unit);
    unsigned done = unit + 1 - FIRST_UNIT;
    if (intervals && unit + 1 >= FIRST_UNIT && done % length == 0)
      builder_mark(b, SEEP_MARK_LABEL, done ? "more" : "warm", done ? length : 0,
                   service->now + 1000);
  }
  scene_analyse(&service->scene, 2000000 + (uint64_t)UNITS * UNIT_TICKS, false, NULL);
  return service;
}

static void service_free(struct service *service) {
  scene_end(&service->scene);
  free(service);
}

static struct verdict service_verdict(const struct service *service, enum call call) {
  struct analysis *analysis = service->scene.analysis;
  const struct analysis_moment *moments;
  struct analysis_report *report =
      analysis_interval(analysis, 0, analysis_moments(analysis, &moments) - 1);
  struct verdict *verdicts = verdict_of_report(analysis, report);
  struct verdict verdict = {.kind = VERDICT_UNKNOWN};
  assert_non_null(verdicts);
  for (size_t i = 0; i < report->site_count; i++)
    if (report->sites[i].offset == call * 16)
      verdict = verdicts[i];
  free(verdicts);
  analysis_report_free(report);
  return verdict;
}

static void service_expect(const struct service *service, enum call call, const char *words) {
  struct verdict verdict = service_verdict(service, call);
  struct verdict of_stack = verdict_of_stack(service->scene.analysis, call);
  if (!strstr(words, verdict_word(verdict.kind)))
    fail_msg("call %d: %s, not %s: %s", (int)call, verdict_word(verdict.kind), words,
             verdict.evidence);
  assert_int_equal(of_stack.kind, verdict.kind);
  assert_string_equal(of_stack.evidence, verdict.evidence);
  assert_true(strlen(verdict.evidence) > 20);
  assert_true(verdict.confidence > 0 && verdict.confidence <= 1);
}

static void service_expect_all(const struct service *service) {
  service_expect(service, CALL_LEAK, "leak");
  service_expect(service, CALL_LEAK_TWO, "leak");
  service_expect(service, CALL_FORGETS, "leak");
  service_expect(service, CALL_CACHE, "plateau");
  service_expect(service, CALL_FILLS, "plateau");
  service_expect(service, CALL_TABLE, "startup");
  service_expect(service, CALL_CHURN, "churn");
  service_expect(service, CALL_FLIGHT, "churn plateau");
  service_expect(service, CALL_DOUBLES, "churn plateau step startup");
  service_expect(service, CALL_ROTATES, "churn plateau");
  service_expect(service, CALL_STEP, "step");
  service_expect(service, CALL_PAIR, "unknown");
}

static void verdicts_with_five_intervals(void **state) {
  (void)state;
  struct service *service = service_new(5);
  service_expect_all(service);
  assert_true(service_verdict(service, CALL_LEAK).confidence > 0.9);
  service_free(service);
}

static void verdicts_with_one_interval(void **state) {
  (void)state;
  struct service *service = service_new(1);
  service_expect_all(service);
  assert_true(service_verdict(service, CALL_LEAK).confidence < 0.9);
  service_free(service);
}

static void verdicts_without_marks(void **state) {
  (void)state;
  struct service *service = service_new(0);
  service_expect_all(service);
  assert_false(service_verdict(service, CALL_LEAK).has_rate);
  service_free(service);
}

static void verdicts_give_rates(void **state) {
  (void)state;
  struct service *service = service_new(5);
  struct verdict leak = service_verdict(service, CALL_LEAK);
  struct verdict forgets = service_verdict(service, CALL_FORGETS);
  assert_true(leak.has_rate && forgets.has_rate);
  assert_true(fabs(leak.blocks_per_unit - 1) < 0.001);
  assert_true(fabs(leak.bytes_per_unit - 152) < 0.001);
  assert_true(leak.blocks_per_unit_low <= 1 && leak.blocks_per_unit_high >= 1);
  assert_non_null(strstr(leak.evidence, "exactly 1 block per unit"));
  assert_true(fabs(forgets.blocks_per_unit - 0.25) < 0.001);
  assert_non_null(strstr(forgets.evidence, "exactly 1 block in 4 units"));
  assert_true(fabs(leak.bytes_per_hour / (152000.0 * 3600) - 1) < 0.02);
  service_free(service);
  service = service_new(1);
  leak = service_verdict(service, CALL_LEAK);
  assert_true(leak.has_rate && isnan(leak.blocks_per_unit_low));
  assert_true(fabs(leak.blocks_per_unit - 1) < 0.001);
  service_free(service);
}

/* 60 units in a burst, then a wait in which as much is allocated, all between two marks. */
static void verdicts_of_a_burst_and_a_wait(void **state) {
  (void)state;
  struct service *service = service_begin();
  struct builder *b = service->scene.builder;
  builder_mark(b, SEEP_MARK_LABEL, "warm", 0, service->now + 1000);
  for (unsigned unit = 0; unit < 300; unit++) {
    service->now = 2000000 + (uint64_t)unit * UNIT_TICKS;
    service_take(service, CALL_CHURN, 10);
    service_give(service, CALL_CHURN);
    if (unit < 60)
      service_take(service, CALL_LEAK, 152);
    if (unit < 75)
      service_take(service, CALL_FILLS, 40);
  }
  builder_mark(b, SEEP_MARK_LABEL, "after", 60, service->now + 1000);
  scene_analyse(&service->scene, service->now + 2000, false, NULL);
  service_expect(service, CALL_LEAK, "leak");
  service_expect(service, CALL_FILLS, "plateau");
  assert_non_null(strstr(service_verdict(service, CALL_LEAK).evidence, "exactly 1 block per unit"));
  service_free(service);
}

/* It grows while it starts, and then waits for work for a minute. */
static void verdicts_of_a_start_alone(void **state) {
  (void)state;
  struct service *service = service_begin();
  for (unsigned unit = 0; unit < 300; unit++) {
    service->now = 2000000 + (uint64_t)unit * UNIT_TICKS;
    service_take(service, CALL_CHURN, 10);
    service_give(service, CALL_CHURN);
    service_take(service, CALL_LEAK, 152);
  }
  scene_analyse(&service->scene, 60000ull * UNIT_TICKS, false, NULL);
  service_expect(service, CALL_LEAK, "unknown");
  service_expect(service, CALL_CHURN, "churn");
  assert_non_null(strstr(service_verdict(service, CALL_LEAK).evidence, "may be a start alone"));
  service_free(service);
}

/* Intervals of as many units, done in a burst each with a wait behind, as long as it happens. */
static void verdicts_of_bursts(void **state) {
  (void)state;
  struct service *service = service_begin();
  struct builder *b = service->scene.builder;
  static const unsigned waits[] = {200, 224, 246, 432, 360, 345, 445};
  service->now = 2000000;
  for (unsigned round = 0; round < 7; round++) {
    for (unsigned unit = 0; unit < 100; unit++) {
      service->now += UNIT_TICKS / 10;
      service_take(service, CALL_CHURN, 10);
      service_give(service, CALL_CHURN);
      service_take(service, CALL_LEAK, 152);
      if (round < 3)
        service_take(service, CALL_FILLS, 40);
    }
    builder_mark(b, SEEP_MARK_LABEL, round ? "more" : "warm", round ? 100 : 0,
                 service->now + waits[round] * UNIT_TICKS);
    service->now += (waits[round] + 1) * UNIT_TICKS;
  }
  scene_analyse(&service->scene, service->now, false, NULL);
  service_expect(service, CALL_LEAK, "leak");
  service_expect(service, CALL_FILLS, "plateau step");
  service_free(service);
}

/* The module's sums are those of a cache, of tables and of leaks at once. */
static void verdicts_of_a_module(void **state) {
  (void)state;
  struct service *service = service_new(5);
  const struct analysis_query query = {.from = 0, .to = 7, .by = ANALYSIS_BY_MODULE};
  struct analysis_report *report = analysis_query(service->scene.analysis, &query);
  struct verdict *verdicts = verdict_of_report(service->scene.analysis, report);
  assert_int_equal(report->site_count, 1);
  assert_int_equal(verdicts[0].kind, VERDICT_LEAK);
  assert_non_null(strstr(verdicts[0].evidence, "3 of its 12 sites leak, the largest: 900 blocks"));
  free(verdicts);
  analysis_report_free(report);
  service_free(service);
}

static void verdicts_bundle(void **state) {
  (void)state;
  struct service *service = service_new(5);
  struct analysis *analysis = service->scene.analysis;
  struct analysis_report *report = analysis_interval(analysis, 0, 7);
  struct verdict *verdicts = verdict_of_report(analysis, report);
  struct bundles *bundles = bundles_of_report(analysis, report, verdicts);
  assert_int_equal(bundles->count, 1);
  const struct bundle *bundle = &bundles->list[0];
  assert_int_equal(bundle->count, 3);
  assert_int_equal(bundle->context, CALL_MAIN);
  assert_int_equal(report->sites[bundle->members[0].row].offset, CALL_LEAK * 16);
  assert_int_equal(report->sites[bundle->members[1].row].offset, CALL_LEAK_TWO * 16);
  assert_true(bundle->members[1].ratio == 2 || bundle->members[2].ratio == 2);
  assert_int_equal(bundle->blocks, 900 + 1800 + 225);
  bundles_free(bundles);
  free(verdicts);
  analysis_report_free(report);
  service_free(service);
}

/* The report of the whole run by what expression lets pass. */
static struct analysis_report *filtered_report(const struct service *service, enum analysis_by by,
                                               const char *expression) {
  char message[200] = "";
  struct analysis_filter *filter = analysis_filter_new(expression, message, sizeof message);
  if (!filter)
    fail_msg("%s: %s", expression, message);
  const struct analysis_query query = {.from = 0, .to = 7, .by = by, .filter = filter};
  struct analysis_report *report = analysis_query(service->scene.analysis, &query);
  assert_non_null(report);
  analysis_filter_free(filter);
  return report;
}

/* All sites with the verdict and no others pass "verdict:WORD", all others "!verdict:WORD". */
static void filtered_expect(const struct service *service, enum verdict_kind kind, bool negated) {
  char expression[40];
  snprintf(expression, sizeof expression, "%sverdict:%s", negated ? "!" : "", verdict_word(kind));
  struct analysis_report *all = analysis_interval(service->scene.analysis, 0, 7);
  struct analysis_report *report = filtered_report(service, ANALYSIS_BY_SITE, expression);
  struct verdict *verdicts = verdict_of_report(service->scene.analysis, all);
  size_t row = 0;
  for (size_t i = 0; i < all->site_count; i++)
    if ((verdicts[i].kind == kind) != negated) {
      assert_true(row < report->site_count);
      assert_int_equal(report->sites[row++].offset, all->sites[i].offset);
    }
  assert_int_equal(report->site_count, row);
  free(verdicts);
  analysis_report_free(report);
  analysis_report_free(all);
}

static void verdicts_filter(void **state) {
  (void)state;
  struct service *service = service_new(5);
  for (int kind = 0; kind < VERDICT_KINDS; kind++) {
    filtered_expect(service, (enum verdict_kind)kind, false);
    filtered_expect(service, (enum verdict_kind)kind, true);
  }
  struct analysis_report *report =
      filtered_report(service, ANALYSIS_BY_SITE, "verdict:leak size<152 blocks>=1000");
  assert_int_equal(report->site_count, 1);
  assert_int_equal(report->sites[0].offset, CALL_LEAK_TWO * 16);
  analysis_report_free(report);
  service_free(service);
}

/* Other rows have the figures of the sites that pass: the verdict is always the site's. */
static void verdicts_filter_other_rows(void **state) {
  (void)state;
  static const enum analysis_by kinds[] = {ANALYSIS_BY_TREE, ANALYSIS_BY_MODULE,
                                           ANALYSIS_BY_THREAD};
  struct service *service = service_new(5);
  const uint64_t leaked = 900 * 152 + 1800 * 10 + 225 * 64;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct analysis_report *report = filtered_report(service, kinds[i], "verdict:leak");
    assert_int_equal(report->totals.outstanding_bytes, leaked);
    assert_int_equal(report->sites[0].figures.outstanding_bytes, leaked);
    assert_int_equal(report->site_count, kinds[i] == ANALYSIS_BY_TREE ? 4 : 1);
    analysis_report_free(report);
  }
  service_free(service);
}

/* The histograms of a row are of the blocks that pass, too. */
static void verdicts_filter_profiles(void **state) {
  (void)state;
  char message[200] = "";
  struct service *service = service_new(5);
  struct analysis_filter *filter = analysis_filter_new("verdict:step", message, sizeof message);
  const struct analysis_query query = {
      .from = 0, .to = 7, .by = ANALYSIS_BY_MODULE, .filter = filter};
  struct analysis_report *report = analysis_query(service->scene.analysis, &query);
  struct profile *profile = profile_of_row(service->scene.analysis, &query, &report->sites[0]);
  uint64_t standing = 0;
  for (size_t i = 0; i < PROFILE_SIZES; i++)
    standing += profile->standing[i];
  assert_int_equal(standing, report->totals.outstanding_blocks);
  assert_in_range(standing, 100, 110); /* not the module's thousands */
  profile_free(profile);
  analysis_report_free(report);
  analysis_filter_free(filter);
  service_free(service);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(verdicts_with_five_intervals),
      cmocka_unit_test(verdicts_with_one_interval),
      cmocka_unit_test(verdicts_without_marks),
      cmocka_unit_test(verdicts_give_rates),
      cmocka_unit_test(verdicts_of_a_burst_and_a_wait),
      cmocka_unit_test(verdicts_of_a_start_alone),
      cmocka_unit_test(verdicts_of_bursts),
      cmocka_unit_test(verdicts_of_a_module),
      cmocka_unit_test(verdicts_bundle),
      cmocka_unit_test(verdicts_filter),
      cmocka_unit_test(verdicts_filter_other_rows),
      cmocka_unit_test(verdicts_filter_profiles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/analysis.h"
#include "analysis/matching.h"
#include "analysis/state.h"
#include <stdlib.h>
#include <string.h>

struct analysis_replay {
  struct ledger *ledger;
  struct matching matching;
  struct postings postings;
  const struct analysis_options *options;
};

static void analysis_visit_events(void *data, const struct trace_event *events, size_t count) {
  matching_events(&((struct analysis_replay *)data)->matching, events, count);
}

static void analysis_visit_sums(void *data, const struct trace_sums *sums) {
  matching_sums(&((struct analysis_replay *)data)->matching, sums);
}

static bool analysis_failed(const struct analysis_replay *replay) {
  return replay->matching.failed || replay->ledger->failed;
}

static bool analysis_visit_progress(void *data, double share) {
  const struct analysis_replay *replay = data;
  const struct analysis_options *options = replay->options;
  if (analysis_failed(replay))
    return false;
  return !options->progress || options->progress(options->progress_data, share);
}

#define ANALYSIS_LARGE 8000000u /* blocks */

/* After the last event: what is left is kept while the ledger still counts and seals its cells;
 * where that is much, one after the other, since each has two copies for a while. false: no memory.
 */
static bool analysis_finish(struct analysis *analysis, struct analysis_replay *replay) {
  struct matching *matching = &replay->matching;
  matching_finish(matching);
  if (live_count(&matching->live) > ANALYSIS_LARGE)
    postings_settle(&replay->postings);
  analysis->releases = matching->releases;
  releases_init(&matching->releases);
  bool kept = survivors_init(&analysis->survivors, &matching->live, matching->place_count + 1);
  postings_settle(&replay->postings);
  return kept && !analysis_failed(replay) && releases_seal(&analysis->releases, &analysis->sites) &&
         members_init(&analysis->members, &analysis->ledger.places) &&
         calendar_init(&analysis->calendar, &analysis->moments, &analysis->periods,
                       analysis->ledger.activity, analysis->trace->process.ticks_per_second);
}

static enum trace_status analysis_take(struct analysis *analysis, struct analysis_replay *replay,
                                       struct trace *trace, struct trace_error *error) {
  const struct trace_visitor visitor = {.events = analysis_visit_events,
                                        .sums = analysis_visit_sums,
                                        .progress = analysis_visit_progress};
  enum trace_status status = trace_replay(trace, &visitor, replay, error);
  if (status == TRACE_OK && !analysis_finish(analysis, replay))
    status = TRACE_MEMORY;
  return analysis_failed(replay) ? TRACE_MEMORY : status;
}

static enum trace_status analysis_replay(struct analysis *analysis, struct trace *trace,
                                         const struct analysis_options *options,
                                         struct trace_error *error) {
  struct analysis_replay replay = {.ledger = &analysis->ledger, .options = options};
  enum trace_status status = TRACE_MEMORY;
  matching_init(&replay.matching, trace, &replay.postings);
  if (postings_start(&replay.postings, ledger_take, &analysis->ledger))
    status = analysis_take(analysis, &replay, trace, error);
  postings_stop(&replay.postings);
  matching_release(&replay.matching);
  return status;
}

static enum trace_status analysis_read(struct analysis *analysis, struct trace *trace,
                                       const struct analysis_options *options,
                                       struct trace_error *error) {
  enum trace_status status = rules_new(options->rules_path, &analysis->rules, error);
  if (status == TRACE_OK)
    status = moments_init(&analysis->moments, trace, options->times, options->time_count, error);
  if (status != TRACE_OK)
    return status;
  if (!periods_init(&analysis->periods, &analysis->moments, trace) ||
      !cuts_init(&analysis->cuts, &analysis->moments, &analysis->periods, options->fine) ||
      !sites_init(&analysis->sites, trace, analysis->symbols, analysis->rules) ||
      !ledger_init(&analysis->ledger, trace, &analysis->periods, &analysis->sites))
    return TRACE_MEMORY;
  return analysis_replay(analysis, trace, options, error);
}

enum trace_status analysis_new(struct trace *trace, struct symbols *symbols,
                               const struct analysis_options *options, struct analysis **out,
                               struct trace_error *error) {
  static const struct analysis_options defaults;
  *out = NULL;
  if (error)
    *error = (struct trace_error){.status = TRACE_OK};
  struct analysis *analysis = calloc(1, sizeof *analysis);
  enum trace_status status = TRACE_MEMORY;
  if (analysis) {
    analysis->trace = trace;
    analysis->symbols = symbols;
    status = analysis_read(analysis, trace, options ? options : &defaults, error);
  }
  if (error)
    error->status = status;
  if (status == TRACE_OK)
    *out = analysis;
  else
    analysis_free(analysis);
  return status;
}

void analysis_free(struct analysis *analysis) {
  if (!analysis)
    return;
  calendar_release(&analysis->calendar);
  members_release(&analysis->members);
  survivors_release(&analysis->survivors);
  releases_release(&analysis->releases);
  ledger_release(&analysis->ledger);
  sites_release(&analysis->sites);
  cuts_release(&analysis->cuts);
  periods_release(&analysis->periods);
  moments_release(&analysis->moments);
  rules_free(analysis->rules);
  free(analysis);
}

const struct analysis_totals *analysis_totals(const struct analysis *analysis) {
  return &analysis->ledger.totals;
}

size_t analysis_moments(const struct analysis *analysis, const struct analysis_moment **moments) {
  *moments = analysis->cuts.list;
  return analysis->cuts.count;
}

long analysis_find_moment(const struct analysis *analysis, const char *text) {
  long moment = moments_find(&analysis->moments, text);
  return moment < 0 ? -1 : (long)analysis->cuts.of_moment[moment];
}

const struct analysis_thread *analysis_thread(const struct analysis *analysis, uint32_t thread) {
  const struct tally *tally = &analysis->ledger.tally;
  return &tally->list[thread < tally->count ? thread : 0];
}

size_t analysis_time_line(const struct analysis *analysis, const struct analysis_step **steps) {
  *steps = analysis->ledger.steps.list;
  return analysis->ledger.steps.count;
}

static const char *const analysis_by_names[ANALYSIS_BY_COUNT] = {
    [ANALYSIS_BY_SITE] = "site",     [ANALYSIS_BY_TREE] = "tree",
    [ANALYSIS_BY_MODULE] = "module", [ANALYSIS_BY_FUNCTION] = "function",
    [ANALYSIS_BY_THREAD] = "thread",
};

static const char *const analysis_sort_names[ANALYSIS_SORT_COUNT] = {
    [ANALYSIS_SORT_OUTSTANDING] = "outstanding",
    [ANALYSIS_SORT_BLOCKS] = "blocks",
    [ANALYSIS_SORT_GROWTH] = "growth",
    [ANALYSIS_SORT_ALLOCATED] = "allocated",
    [ANALYSIS_SORT_TEMPORARY] = "temporary",
    [ANALYSIS_SORT_PEAK] = "peak",
    [ANALYSIS_SORT_ALLOCATIONS] = "allocations",
    [ANALYSIS_SORT_OLDEST] = "oldest",
    [ANALYSIS_SORT_MEDIAN] = "median-age",
    [ANALYSIS_SORT_THREADS] = "threads",
    [ANALYSIS_SORT_NAME] = "name",
};

static int analysis_index_of(const char *const *names, int count, const char *text) {
  for (int i = 0; i < count; i++)
    if (strcmp(names[i], text) == 0)
      return i;
  return -1;
}

const char *analysis_by_name(enum analysis_by by) {
  return analysis_by_names[by];
}

const char *analysis_sort_name(enum analysis_sort sort) {
  return analysis_sort_names[sort];
}

int analysis_by_of(const char *text) {
  return analysis_index_of(analysis_by_names, ANALYSIS_BY_COUNT, text);
}

int analysis_sort_of(const char *text) {
  return analysis_index_of(analysis_sort_names, ANALYSIS_SORT_COUNT, text);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/profile.h"
#include "analysis/query.h"
#include <stdlib.h>

struct profiling {
  const struct analysis *analysis;
  const struct analysis_query *query;
  struct profile *profile;
  bool *sites;            /* that have a part in the row */
  uint64_t from, to, end; /* of the interval, and of the run: stamps */
  struct filter_match match;
};

/* A row of call sites has all that was freed of them; a path or a thread has a part that nobody
 * counted. */
static void profile_add_sites(struct profiling *profiling) {
  const struct ledger *ledger = &profiling->analysis->ledger;
  struct profile *profile = profiling->profile;
  enum analysis_by by = profiling->query->by;
  profile->has_freed = by != ANALYSIS_BY_TREE && by != ANALYSIS_BY_THREAD;
  for (size_t i = 0; profile->has_freed && i < profiling->analysis->sites.count; i++) {
    if (!profiling->sites[i])
      continue;
    spectrum_add_to(&ledger->spectrum, (uint32_t)i, SPECTRUM_SIZE, profile->freed);
    spectrum_add_to(&ledger->spectrum, (uint32_t)i, SPECTRUM_LIFETIME, profile->lifetimes);
  }
}

static void profile_add_cell(struct profile *profile, const struct cell *cell) {
  struct profile_period *birth = &profile->periods[cell->birth];
  if (cell->death == CELL_TEMPORARY)
    return;
  if (cell->death == CELL_ALLOCATED) {
    birth->born += cell->blocks;
    birth->kept += cell->blocks;
    birth->stands += (int64_t)cell->blocks;
    birth->stands_bytes += (int64_t)cell->bytes;
    return;
  }
  struct profile_period *death = &profile->periods[cell->death];
  birth->kept -= cell->blocks;
  death->freed += cell->blocks;
  death->stands -= (int64_t)cell->blocks;
  death->stands_bytes -= (int64_t)cell->bytes;
}

static void profile_add_survivors(struct profiling *profiling, uint32_t place) {
  const struct survivors *survivors = &profiling->analysis->survivors;
  for (size_t i = survivors->first[place]; i < survivors->first[place + 1]; i++) {
    uint64_t stamp = survivors->stamps[i];
    if (stamp < profiling->from || stamp >= profiling->to)
      continue;
    uint64_t age = profiling->end > stamp ? profiling->end - stamp : 0;
    profiling->profile->ages[spectrum_time(age)]++;
    profiling->profile->standing[survivors->sizes[i]]++;
  }
}

/* Puts an example among those that are there, oldest first. */
static void profile_add_example(struct profile *profile, const struct example *example) {
  size_t at = profile->example_count;
  while (at > 0 && profile->examples[at - 1].stamp > example->stamp)
    at--;
  if (at == PROFILE_EXAMPLES)
    return;
  if (profile->example_count < PROFILE_EXAMPLES)
    profile->example_count++;
  for (size_t i = profile->example_count - 1; i > at; i--)
    profile->examples[i] = profile->examples[i - 1];
  profile->examples[at] = (struct profile_example){example->address, example->size, example->stamp};
}

static void profile_add_examples(struct profiling *profiling, uint32_t place) {
  const struct examples *examples = &profiling->analysis->survivors.examples;
  for (size_t i = examples->first[place]; i < examples->first[place + 1]; i++)
    if (examples->list[i].stamp >= profiling->from && examples->list[i].stamp < profiling->to)
      profile_add_example(profiling->profile, &examples->list[i]);
}

static void profile_add_place(struct profiling *profiling, uint32_t number) {
  const struct ledger *ledger = &profiling->analysis->ledger;
  const struct place *place = &ledger->places.list[number];
  if (!filter_match_place(&profiling->match, place))
    return;
  profiling->sites[place->site] = true;
  struct cells_walk walk = cells_of(&ledger->cells, number);
  for (struct cell cell; cells_next(&walk, &cell);)
    profile_add_cell(profiling->profile, &cell);
  profile_add_survivors(profiling, number);
  profile_add_examples(profiling, number);
}

/* false: no memory. */
static bool profile_add_tree(struct profiling *profiling, const struct analysis_site *row) {
  const struct places *places = &profiling->analysis->ledger.places;
  bool *below = calloc(places->count + 1, sizeof *below);
  bool done =
      below && query_tree_below(profiling->analysis, profiling->query->inverted, row->path, below);
  for (size_t i = 1; done && i < places->count; i++)
    if (below[i])
      profile_add_place(profiling, (uint32_t)i);
  free(below);
  return done;
}

static void profile_add_group(struct profiling *profiling, uint32_t group) {
  size_t count;
  const uint32_t *places = members_of(&profiling->analysis->members, group, &count);
  for (size_t i = 0; i < count; i++)
    profile_add_place(profiling, places[i]);
}

/* What stands at the end of a period also stood at the end of those before, less what came. */
static void profile_accumulate(struct profile *profile) {
  for (size_t i = 1; i < profile->period_count; i++) {
    profile->periods[i].stands += profile->periods[i - 1].stands;
    profile->periods[i].stands_bytes += profile->periods[i - 1].stands_bytes;
  }
}

static struct profile *profile_new(const struct periods *periods) {
  struct profile *profile = calloc(1, sizeof *profile);
  if (!profile)
    return NULL;
  profile->period_count = periods->count - 1;
  profile->periods = calloc(periods->count, sizeof *profile->periods);
  if (!profile->periods) {
    free(profile);
    return NULL;
  }
  for (size_t i = 0; i < profile->period_count; i++) {
    profile->periods[i].from = periods->bounds[i];
    profile->periods[i].to = periods->bounds[i + 1];
  }
  return profile;
}

struct profile *profile_of_row(const struct analysis *analysis, const struct analysis_query *query,
                               const struct analysis_site *row) {
  const struct periods *periods = &analysis->periods;
  struct profiling profiling = {.analysis = analysis,
                                .query = query,
                                .profile = profile_new(periods),
                                .from = periods_bound(periods, analysis->cuts.bounds[query->from]),
                                .to = periods_bound(periods, analysis->cuts.bounds[query->to]),
                                .end = periods->bounds[periods->count - 1]};
  profiling.sites = calloc(analysis->sites.count + 1, sizeof *profiling.sites);
  bool done = filter_match_init(&profiling.match, query->filter, analysis, profiling.end) &&
              profiling.profile && profiling.sites;
  if (done && query->by == ANALYSIS_BY_TREE)
    done = profile_add_tree(&profiling, row);
  else if (done)
    profile_add_group(&profiling, row->group);
  if (done) {
    profile_add_sites(&profiling);
    profile_accumulate(profiling.profile);
  } else if (profiling.profile) {
    profile_free(profiling.profile);
    profiling.profile = NULL;
  }
  filter_match_release(&profiling.match);
  free(profiling.sites);
  return profiling.profile;
}

void profile_free(struct profile *profile) {
  if (!profile)
    return;
  free(profile->periods);
  free(profile);
}

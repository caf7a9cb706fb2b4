/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/ledger.h"
#include "analysis/ahead.h"
#include <stdlib.h>
#include <string.h>

bool ledger_init(struct ledger *ledger, const struct trace *trace, const struct periods *periods,
                 struct sites *sites) {
  memset(ledger, 0, sizeof *ledger);
  ledger->periods = periods;
  cells_init(&ledger->cells, periods->bounds[0]);
  steps_init(&ledger->steps, trace, periods->bounds[0], periods->bounds[periods->count - 1]);
  ledger->activity = calloc(periods->count, sizeof *ledger->activity);
  bool tallied = tally_init(&ledger->tally, trace);
  bool held = holdings_init(&ledger->holdings, trace);
  return places_init(&ledger->places, sites) && ledger->activity && tallied && held;
}

void ledger_release(struct ledger *ledger) {
  cells_release(&ledger->cells);
  places_release(&ledger->places);
  tally_release(&ledger->tally);
  holdings_release(&ledger->holdings);
  spectrum_release(&ledger->spectrum);
  free(ledger->activity);
}

static void ledger_check(struct ledger *ledger, bool done) {
  if (!done)
    ledger->failed = true;
}

static void ledger_peak(struct ledger *ledger, int64_t bytes) {
  if (bytes > 0 && (uint64_t)bytes > ledger->totals.peak_bytes)
    ledger->totals.peak_bytes = (uint64_t)bytes;
}

/* ---- A block ----------------------------------------------------------------------------------*/

/* Blocks that this one stands for, and their bytes: sizes have 47 bits, so there is room for them.
 */
static uint64_t ledger_blocks(const struct posting *posting) {
  return 1ull << posting->share_shift;
}

static uint64_t ledger_bytes(const struct posting *posting) {
  return posting->size << posting->share_shift;
}

/* Counts the block in a cell; false: no memory. */
static bool ledger_count(struct ledger *ledger, const struct posting *posting, uint32_t birth,
                         uint32_t death) {
  struct cell *cell = cells_get(&ledger->cells, posting->place, birth, death);
  if (!cell)
    return false;
  cell->blocks += ledger_blocks(posting);
  cell->bytes += ledger_bytes(posting);
  if (posting->birth < cell->oldest)
    cell->oldest = posting->birth;
  if (posting->birth > cell->newest)
    cell->newest = posting->birth;
  return true;
}

/* sign: 1, or -1 for less. A block that the service told of itself lies inside others. */
static void ledger_stand(struct ledger *ledger, const struct posting *posting, int64_t sign) {
  struct analysis_totals *totals = &ledger->totals;
  int64_t blocks = sign * (int64_t)ledger_blocks(posting);
  int64_t bytes = sign * (int64_t)ledger_bytes(posting);
  places_gain(&ledger->places, posting->place, blocks, bytes);
  holdings_count(&ledger->holdings, posting, sign);
  totals->outstanding_blocks += (uint64_t)blocks;
  totals->outstanding_bytes += (uint64_t)bytes;
  if (posting->in_pool) {
    totals->pool_blocks += (uint64_t)blocks;
    totals->pool_bytes += (uint64_t)bytes;
  }
}

static void ledger_birth(struct ledger *ledger, const struct posting *posting) {
  uint64_t blocks = ledger_blocks(posting), bytes = ledger_bytes(posting);
  struct analysis_thread *own = tally_of(&ledger->tally, posting->thread);
  ledger->activity[ledger->interval] += (double)blocks;
  ledger->totals.allocations += blocks;
  ledger->totals.allocated_bytes += bytes;
  own->allocations += blocks;
  own->allocated_bytes += bytes;
  ledger_check(ledger, ledger_count(ledger, posting, (uint32_t)ledger->interval, CELL_ALLOCATED));
  ledger_stand(ledger, posting, 1);
  ledger_peak(ledger, (int64_t)ledger->totals.outstanding_bytes);
}

static uint32_t ledger_birth_interval(const struct ledger *ledger, uint64_t stamp) {
  if (stamp >= periods_bound(ledger->periods, ledger->interval))
    return (uint32_t)ledger->interval;
  return (uint32_t)periods_at(ledger->periods, stamp);
}

static uint64_t ledger_age(const struct posting *posting) {
  return posting->now > posting->birth ? posting->now - posting->birth : 0;
}

/* The block stands no longer. */
static void ledger_end(struct ledger *ledger, const struct posting *posting) {
  uint32_t birth = ledger_birth_interval(ledger, posting->birth);
  uint32_t site = ledger->places.list[posting->place].site;
  ledger_check(ledger, ledger_count(ledger, posting, birth, (uint32_t)ledger->interval));
  ledger_check(ledger, spectrum_freed(&ledger->spectrum, site, posting->size, ledger_age(posting)));
  ledger_stand(ledger, posting, -1);
}

static void ledger_early(struct ledger *ledger, const struct posting *posting) {
  ledger->totals.unmatched_frees--;
  ledger->totals.freed_bytes += ledger_bytes(posting);
  tally_of(&ledger->tally, posting->thread)->freed_bytes += ledger_bytes(posting);
  ledger_birth(ledger, posting);
  ledger_end(ledger, posting);
}

static void ledger_unknown(struct ledger *ledger, const struct posting *posting) {
  ledger->totals.frees++;
  ledger->totals.unmatched_frees++;
  tally_of(&ledger->tally, posting->thread)->frees++;
}

static void ledger_death(struct ledger *ledger, const struct posting *posting) {
  uint32_t owner = ledger->places.list[posting->place].thread;
  ledger->totals.frees += ledger_blocks(posting);
  ledger->totals.freed_bytes += ledger_bytes(posting);
  tally_of(&ledger->tally, posting->thread)->frees++;
  tally_free(&ledger->tally, posting->thread, owner, ledger_bytes(posting));
  ledger_end(ledger, posting);
}

static void ledger_replaced(struct ledger *ledger, const struct posting *posting) {
  ledger_end(ledger, posting);
  ledger->totals.replaced++;
}

/* Cancelled pairs stood on top of what is outstanding now. */
static void ledger_transient(struct ledger *ledger, const struct posting *posting) {
  int64_t peak;
  if (!__builtin_add_overflow(ledger->totals.outstanding_bytes, posting->size, &peak))
    ledger_peak(ledger, peak);
}

/* ---- Pairs ------------------------------------------------------------------------------------*/

/* Pairs were allocated all along their block, whichever period they count in. */
static void ledger_spread(struct ledger *ledger, const struct trace_sums *sums) {
  const struct periods *periods = ledger->periods;
  double length = (double)(sums->last_stamp - sums->first_stamp);
  size_t first = periods_at(periods, sums->first_stamp),
         last = periods_at(periods, sums->last_stamp);
  for (size_t i = first; i <= last; i++) {
    uint64_t low = i == first ? sums->first_stamp : periods->bounds[i];
    uint64_t high = i == last ? sums->last_stamp : periods->bounds[i + 1];
    ledger->activity[i] += (double)sums->pairs * (length > 0 ? (double)(high - low) / length : 1);
  }
}

/* Pairs are born and die in the period that holds the middle of their block: where a mark lies
 * inside the block, that is the period with the larger part of it. */
static bool ledger_count_pairs(struct ledger *ledger, uint32_t place,
                               const struct trace_sums *sums) {
  uint64_t middle = sums->first_stamp + (sums->last_stamp - sums->first_stamp) / 2;
  uint32_t interval = (uint32_t)periods_at(ledger->periods, middle);
  const struct {
    uint32_t death;
    uint64_t blocks, bytes;
  } parts[] = {{CELL_ALLOCATED, sums->pairs, sums->bytes},
               {interval, sums->pairs, sums->bytes},
               {CELL_TEMPORARY, sums->temporary, 0}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (!parts[i].blocks)
      continue;
    struct cell *cell = cells_get(&ledger->cells, place, interval, parts[i].death);
    if (!cell)
      return false;
    cell->blocks += parts[i].blocks;
    cell->bytes += parts[i].bytes;
  }
  return true;
}

static void ledger_sums(struct ledger *ledger, uint32_t place, const struct trace_sums *sums) {
  uint32_t site = ledger->places.list[place].site;
  ledger_check(ledger, ledger_count_pairs(ledger, place, sums));
  ledger_check(ledger, spectrum_pairs(&ledger->spectrum, site, sums));
  ledger_spread(ledger, sums);
  ledger->totals.allocations += sums->pairs;
  ledger->totals.frees += sums->pairs;
  ledger->totals.allocated_bytes += sums->bytes;
  ledger->totals.freed_bytes += sums->bytes;
  ledger->totals.temporary_allocations += sums->temporary;
  tally_pairs(&ledger->tally, sums);
}

/* ---- Taking -----------------------------------------------------------------------------------*/

static uint64_t ledger_first(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

/* Brings interval, steps and holdings up to an event at stamp. */
static void ledger_advance(struct ledger *ledger, uint64_t stamp) {
  holdings_tell(&ledger->holdings, stamp);
  steps_tell(&ledger->steps, stamp, ledger->totals.outstanding_bytes,
             ledger->totals.outstanding_blocks);
  while (stamp >= periods_bound(ledger->periods, ledger->interval + 1) &&
         ledger->interval + 2 < ledger->periods->count) {
    ledger->interval++;
    ledger_check(ledger, cells_turn(&ledger->cells));
  }
  uint64_t step = steps_next(&ledger->steps);
  uint64_t bound = periods_bound(ledger->periods, ledger->interval + 1);
  ledger->boundary = ledger_first(ledger_first(step, bound), holdings_next(&ledger->holdings));
}

/* What has a time: it moves on with it. */
static void ledger_post_event(struct ledger *ledger, const struct posting *posting) {
  if (posting->now >= ledger->boundary)
    ledger_advance(ledger, posting->now);
  switch (posting->kind) {
  case POSTING_BIRTH:
    ledger_birth(ledger, posting);
    break;
  case POSTING_EARLY:
    ledger_early(ledger, posting);
    break;
  case POSTING_DEATH:
    ledger_death(ledger, posting);
    break;
  case POSTING_UNKNOWN:
    ledger_unknown(ledger, posting);
    break;
  case POSTING_TRANSIENT:
    ledger_transient(ledger, posting);
    break;
  }
}

/* Totals and steps are complete, and cells are as queries want them. */
static void ledger_close(struct ledger *ledger, const struct posting *end) {
  holdings_tell(&ledger->holdings, UINT64_MAX);
  steps_tell(&ledger->steps, UINT64_MAX, ledger->totals.outstanding_bytes,
             ledger->totals.outstanding_blocks);
  ledger->totals.mapped_bytes = end->size;
  ledger->totals.maps = end->birth;
  ledger_check(ledger, cells_seal(&ledger->cells, ledger->places.count));
}

static void ledger_post(struct ledger *ledger, const struct posting *posting,
                        const struct trace_sums *sums) {
  switch (posting->kind) {
  case POSTING_PLACE:
    ledger_check(ledger, places_add(&ledger->places, (uint32_t)posting->birth, posting->thread));
    break;
  case POSTING_SUMS:
    ledger_sums(ledger, posting->place, &sums[posting->birth]);
    break;
  case POSTING_REPLACED:
    ledger_replaced(ledger, posting);
    break;
  case POSTING_END:
    ledger_close(ledger, posting);
    break;
  default:
    ledger_post_event(ledger, posting);
    break;
  }
}

void ledger_take(void *data, const struct postings_batch *batch) {
  struct ledger *ledger = data;
  struct ahead ahead;
  ahead_start(&ahead, ledger, batch);
  for (size_t i = 0; i < batch->count && !ledger->failed; i++) {
    ahead_step(&ahead, i);
    ledger_post(ledger, &batch->list[i], batch->sums);
  }
}

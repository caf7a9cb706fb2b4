/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/ledger.h"
#include "analysis/ahead.h"
#include "analysis/shares.h"
#include <stdlib.h>
#include <string.h>

/* Whether every block that the process got has been recorded, and more than one thread may have
 * handed them on. */
static bool ledger_is_exact(const struct trace *trace) {
  static const uint8_t none[sizeof trace->process.parent_trace_id];
  for (size_t i = 0; i < trace->mark_count; i++)
    if (trace->marks[i].kind != SEEP_MARK_LABEL)
      return false;
  return trace->thread_count > 2 && trace->state != TRACE_NO_STAGE && !trace->damage_count &&
         !trace->counters.lost_events && !trace->process.fork_stamp &&
         !trace->process.attached_ns && !memcmp(trace->process.parent_trace_id, none, sizeof none);
}

bool ledger_init(struct ledger *ledger, const struct trace *trace, const struct periods *periods,
                 struct sites *sites) {
  memset(ledger, 0, sizeof *ledger);
  ledger->periods = periods;
  double ticks = trace->process.ticks_per_second;
  if (!(ticks >= 1 && ticks < 1e12))
    ticks = 1e9;
  ledger->handover_ticks = (uint64_t)(ticks * LEDGER_HANDOVER);
  ledger->early_ticks = (uint64_t)(ticks * LEDGER_EARLY);
  ledger->exact = ledger_is_exact(trace);
  live_init(&ledger->live);
  keymap_init(&ledger->shares);
  debts_init(&ledger->debts);
  waiting_init(&ledger->superseded);
  waiting_init(&ledger->early);
  maps_init(&ledger->maps);
  releases_init(&ledger->releases);
  cells_init(&ledger->cells, periods->bounds[0]);
  steps_init(&ledger->steps, trace, periods->bounds[0], periods->bounds[periods->count - 1]);
  ledger->activity = calloc(periods->count, sizeof *ledger->activity);
  bool tallied = tally_init(&ledger->tally, trace);
  return places_init(&ledger->places, sites) && ledger->activity && tallied;
}

void ledger_release(struct ledger *ledger) {
  live_release(&ledger->live);
  keymap_release(&ledger->shares);
  debts_release(&ledger->debts);
  waiting_release(&ledger->superseded);
  waiting_release(&ledger->early);
  maps_release(&ledger->maps);
  releases_release(&ledger->releases);
  cells_release(&ledger->cells);
  places_release(&ledger->places);
  tally_release(&ledger->tally);
  spectrum_release(&ledger->spectrum);
  free(ledger->activity);
}

static void ledger_peak(struct ledger *ledger, int64_t bytes) {
  if (bytes > 0 && (uint64_t)bytes > ledger->totals.peak_bytes)
    ledger->totals.peak_bytes = (uint64_t)bytes;
}

static struct cell *ledger_cell(struct ledger *ledger, uint32_t place, uint32_t birth,
                                uint32_t death) {
  struct cell *cell = cells_get(&ledger->cells, place, birth, death);
  ledger->failed |= !cell;
  return cell;
}

static void ledger_stamp(struct cell *cell, uint64_t stamp) {
  if (stamp < cell->oldest)
    cell->oldest = stamp;
  if (stamp > cell->newest)
    cell->newest = stamp;
}

/* Blocks that this one stands for, and their bytes: sizes have 47 bits, so there is room for them.
 */
static uint64_t ledger_blocks(const struct live_block *block) {
  return 1ull << block->share_shift;
}

static uint64_t ledger_bytes(const struct live_block *block) {
  return block->size << block->share_shift;
}

/* sign: 1, or UINT64_MAX for less. A block that the service told of itself lies inside others. */
static void ledger_count_outstanding(struct analysis_totals *totals, const struct live_block *block,
                                     uint64_t sign) {
  uint64_t blocks = sign * ledger_blocks(block), bytes = sign * ledger_bytes(block);
  totals->outstanding_blocks += blocks;
  totals->outstanding_bytes += bytes;
  if (block->address & SEEP_ADDRESS_OWN) {
    totals->pool_blocks += blocks;
    totals->pool_bytes += bytes;
  }
}

static void ledger_count_birth(struct ledger *ledger, const struct live_block *block) {
  struct cell *cell = ledger_cell(ledger, block->place, (uint32_t)ledger->interval, CELL_ALLOCATED);
  uint64_t blocks = ledger_blocks(block), bytes = ledger_bytes(block);
  if (!cell)
    return;
  cell->blocks += blocks;
  cell->bytes += bytes;
  ledger_stamp(cell, block->stamp);
  places_gain(&ledger->places, block->place, (int64_t)blocks, (int64_t)bytes);
  ledger_count_outstanding(&ledger->totals, block, 1);
  ledger_peak(ledger, (int64_t)ledger->totals.outstanding_bytes);
}

static uint32_t ledger_birth_interval(const struct ledger *ledger, uint64_t stamp) {
  if (stamp >= periods_bound(ledger->periods, ledger->interval))
    return (uint32_t)ledger->interval;
  return (uint32_t)periods_at(ledger->periods, stamp);
}

static void ledger_count_death(struct ledger *ledger, const struct live_block *block) {
  struct cell *cell = ledger_cell(ledger, block->place, ledger_birth_interval(ledger, block->stamp),
                                  (uint32_t)ledger->interval);
  uint64_t blocks = ledger_blocks(block), bytes = ledger_bytes(block);
  if (!cell)
    return;
  cell->blocks += blocks;
  cell->bytes += bytes;
  ledger_stamp(cell, block->stamp);
  ledger->failed |=
      !spectrum_freed(&ledger->spectrum, ledger->places.list[block->place].site, block->size,
                      ledger->now > block->stamp ? ledger->now - block->stamp : 0);
  places_gain(&ledger->places, block->place, -(int64_t)blocks, -(int64_t)bytes);
  ledger_count_outstanding(&ledger->totals, block, UINT64_MAX);
}

static uint64_t ledger_before(uint64_t stamp, uint64_t ticks) {
  return stamp == UINT64_MAX ? stamp : stamp > ticks ? stamp - ticks : 0;
}

/* Blocks whose free did not come in time were freed unseen; frees whose allocation did not come
 * are what they seemed. */
static void ledger_expire(struct ledger *ledger, uint64_t stamp) {
  struct waiting_entry entry;
  uint64_t handover = ledger_before(stamp, ledger->handover_ticks);
  uint64_t early = ledger_before(stamp, ledger->early_ticks);
  while (waiting_expire(&ledger->superseded, handover, &entry)) {
    ledger_count_death(ledger, &entry.block);
    ledger->totals.replaced++;
  }
  while (waiting_expire(&ledger->early, early, &entry))
    ;
}

static void ledger_wait(struct ledger *ledger, struct waiting *waiting,
                        const struct live_block *block, const struct trace_event *event) {
  struct waiting_entry entry = {.block = *block, .since = event->stamp, .thread = event->thread};
  ledger->failed |= !waiting_push(waiting, &entry);
}

static void ledger_owe_free(struct ledger *ledger, const struct live_block *block,
                            const struct trace_event *event) {
  if (ledger->exact)
    ledger->failed |= !debts_add_free(&ledger->debts, block->address);
  else
    ledger_wait(ledger, &ledger->early, block, event);
}

static void ledger_owe_block(struct ledger *ledger, const struct live_block *older,
                             const struct trace_event *event) {
  if (ledger->exact)
    ledger->failed |= !debts_add_block(&ledger->debts, older);
  else
    ledger_wait(ledger, &ledger->superseded, older, event);
}

/* Whether the block's free was stamped before its allocation: born and dead at once. */
static bool ledger_freed_early(struct ledger *ledger, const struct live_block *block,
                               const struct trace_event *event) {
  struct waiting_entry entry;
  bool freed = ledger->exact ? debts_take_free(&ledger->debts, block->address)
                             : ledger->early.count && waiting_take(&ledger->early, block->address,
                                                                   event->thread, &entry);
  if (!freed)
    return false;
  ledger->totals.unmatched_frees--;
  ledger->totals.freed_bytes += ledger_bytes(block);
  tally_of(&ledger->tally, event->thread)->freed_bytes += ledger_bytes(block);
  ledger_count_birth(ledger, block);
  ledger_count_death(ledger, block);
  return true;
}

static void ledger_count_allocation(struct ledger *ledger, const struct live_block *block,
                                    uint32_t thread) {
  uint64_t blocks = ledger_blocks(block), bytes = ledger_bytes(block);
  struct analysis_thread *own = tally_of(&ledger->tally, thread);
  ledger->activity[ledger->interval] += (double)blocks;
  ledger->totals.allocations += blocks;
  ledger->totals.allocated_bytes += bytes;
  own->allocations += blocks;
  own->allocated_bytes += bytes;
}

static void ledger_allocate(struct ledger *ledger, const struct trace_event *event) {
  struct live_block older,
      block = {.address = event->address & SEEP_ADDRESS_MASK,
               .size = event->size < LIVE_SIZE_MAX ? event->size : LIVE_SIZE_MAX,
               .stamp = event->stamp,
               .share_shift = shares_shift(event->weight),
               .place = places_get(&ledger->places, event->context, event->thread)};
  if (!block.place) {
    ledger->failed = true;
    return;
  }
  ledger_count_allocation(ledger, &block, event->thread);
  if (ledger_freed_early(ledger, &block, event))
    return;
  enum live_put put = live_put(&ledger->live, &block, &older);
  if (put == LIVE_MEMORY)
    ledger->failed = true;
  older.share_shift = put == LIVE_REPLACED ? shares_get(&ledger->shares, block.address) : 0;
  if (put == LIVE_REPLACED)
    ledger_owe_block(ledger, &older, event);
  ledger->failed |= !shares_set(&ledger->shares, block.address, block.share_shift);
  ledger_count_birth(ledger, &block);
}

/* The older block of the address that waits for this free. Where stamps alone are repaired it is
 * none's if the thread that made the newer block frees: that one's events are in order. */
static bool ledger_older(struct ledger *ledger, const struct trace_event *event,
                         struct live_block *block) {
  struct waiting_entry entry;
  if (ledger->exact)
    return debts_take_block(&ledger->debts, event->address & SEEP_ADDRESS_MASK, block);
  if (!waiting_take(&ledger->superseded, block->address, event->thread, &entry))
    return false;
  *block = entry.block;
  return true;
}

/* The free of a contested address belongs to the block that waits for one; the newer stays. */
static void ledger_settle(struct ledger *ledger, const struct trace_event *event,
                          struct live_block *block) {
  struct live_block newer = *block, none;
  if (!ledger_older(ledger, event, block))
    return;
  if (live_put(&ledger->live, &newer, &none) == LIVE_MEMORY)
    ledger->failed = true;
}

/* place 0: whose block it was is not known. */
static void ledger_sampled(struct ledger *ledger, const struct live_block *block,
                           const struct trace_event *event) {
  uint64_t age = event->stamp > block->stamp ? event->stamp - block->stamp : 0;
  if (!block->place) {
    ledger->releases.samples++;
    ledger->releases.unmatched++;
  } else {
    ledger->failed |= !releases_add(&ledger->releases, block->place, age, event);
  }
}

static void ledger_free(struct ledger *ledger, const struct trace_event *event) {
  struct live_block block = {.address = event->address & SEEP_ADDRESS_MASK};
  ledger->totals.frees++;
  tally_of(&ledger->tally, event->thread)->frees++;
  if (!live_take(&ledger->live, block.address, &block)) {
    ledger->totals.unmatched_frees++;
    if (event->weight)
      ledger_sampled(ledger, &block, event);
    ledger_owe_free(ledger, &block, event);
    return;
  }
  block.share_shift = shares_get(&ledger->shares, block.address);
  if (block.contested)
    ledger_settle(ledger, event, &block);
  if (event->weight)
    ledger_sampled(ledger, &block, event);
  ledger->totals.frees += ledger_blocks(&block) - 1;
  ledger->totals.freed_bytes += ledger_bytes(&block);
  tally_free(&ledger->tally, event->thread, ledger->places.list[block.place].thread,
             ledger_bytes(&block));
  ledger_count_death(ledger, &block);
}

/* Cancelled pairs stood on top of what is outstanding now. */
static void ledger_transient(struct ledger *ledger, const struct trace_event *event) {
  int64_t peak;
  if (!__builtin_add_overflow(ledger->totals.outstanding_bytes, event->size, &peak))
    ledger_peak(ledger, peak);
}

static void ledger_event(struct ledger *ledger, const struct trace_event *event) {
  bool done = true;
  switch (event->kind) {
  case SEEP_KIND_ALLOC:
    ledger_allocate(ledger, event);
    break;
  case SEEP_KIND_FREE:
    ledger_free(ledger, event);
    break;
  case SEEP_KIND_MAP:
    done = maps_map(&ledger->maps, event->address, event->size, event->context);
    break;
  case SEEP_KIND_UNMAP:
    done = maps_unmap(&ledger->maps, event->address, event->size);
    break;
  case TRACE_TRANSIENT:
    ledger_transient(ledger, event);
    break;
  }
  ledger->failed |= !done;
}

/* Brings interval and steps up to an event at stamp. */
static void ledger_advance(struct ledger *ledger, uint64_t stamp) {
  steps_tell(&ledger->steps, stamp, ledger->totals.outstanding_bytes,
             ledger->totals.outstanding_blocks);
  while (stamp >= periods_bound(ledger->periods, ledger->interval + 1) &&
         ledger->interval + 2 < ledger->periods->count) {
    ledger->interval++;
    ledger->failed |= !cells_turn(&ledger->cells);
  }
  uint64_t step = steps_next(&ledger->steps);
  uint64_t bound = periods_bound(ledger->periods, ledger->interval + 1);
  ledger->boundary = step < bound ? step : bound;
}

static void ledger_take(struct ledger *ledger, struct trace_event event) {
  if (event.stamp < ledger->now)
    event.stamp = ledger->now;
  ledger->now = event.stamp;
  if (ledger->superseded.count || ledger->early.count)
    ledger_expire(ledger, event.stamp);
  if (event.stamp >= ledger->boundary)
    ledger_advance(ledger, event.stamp);
  ledger_event(ledger, &event);
}

void ledger_events(struct ledger *ledger, const struct trace_event *events, size_t count) {
  struct ahead ahead;
  ahead_start(&ahead, ledger, events, count);
  for (size_t i = 0; i < count && !ledger->failed; i++) {
    ahead_step(&ahead, i);
    ledger_take(ledger, events[i]);
  }
}

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
void ledger_sums(struct ledger *ledger, const struct trace_sums *sums) {
  uint64_t middle = sums->first_stamp + (sums->last_stamp - sums->first_stamp) / 2;
  uint32_t interval = (uint32_t)periods_at(ledger->periods, middle);
  uint32_t place = places_get(&ledger->places, sums->context, sums->thread);
  if (!place) {
    ledger->failed = true;
    return;
  }
  const struct {
    uint32_t death;
    uint64_t blocks, bytes;
  } parts[] = {{CELL_ALLOCATED, sums->pairs, sums->bytes},
               {interval, sums->pairs, sums->bytes},
               {CELL_TEMPORARY, sums->temporary, 0}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts && !ledger->failed; i++) {
    if (!parts[i].blocks)
      continue;
    struct cell *cell = ledger_cell(ledger, place, interval, parts[i].death);
    if (!cell)
      return;
    cell->blocks += parts[i].blocks;
    cell->bytes += parts[i].bytes;
  }
  ledger->failed |= !spectrum_pairs(&ledger->spectrum, ledger->places.list[place].site, sums);
  ledger_spread(ledger, sums);
  ledger->totals.allocations += sums->pairs;
  ledger->totals.frees += sums->pairs;
  ledger->totals.allocated_bytes += sums->bytes;
  ledger->totals.freed_bytes += sums->bytes;
  ledger->totals.temporary_allocations += sums->temporary;
  tally_pairs(&ledger->tally, sums);
}

/* An address stands once: the blocks that still wait for their free were freed unseen. */
static void ledger_drop_debts(struct ledger *ledger) {
  struct live_block block;
  for (size_t from = 0; debts_take_any(&ledger->debts, &from, &block);) {
    ledger_count_death(ledger, &block);
    ledger->totals.replaced++;
  }
}

void ledger_finish(struct ledger *ledger) {
  ledger_expire(ledger, UINT64_MAX);
  ledger_drop_debts(ledger);
  steps_tell(&ledger->steps, UINT64_MAX, ledger->totals.outstanding_bytes,
             ledger->totals.outstanding_blocks);
  ledger->totals.mapped_bytes = ledger->maps.bytes;
  ledger->totals.maps = ledger->maps.count;
}

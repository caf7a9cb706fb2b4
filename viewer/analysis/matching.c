/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/matching.h"
#include "analysis/shares.h"
#include <string.h>

/* Whether every block that the process got has been recorded, and more than one thread may have
 * handed them on. */
static bool matching_is_exact(const struct trace *trace) {
  static const uint8_t none[sizeof trace->process.parent_trace_id];
  for (size_t i = 0; i < trace->mark_count; i++)
    if (trace->marks[i].kind != SEEP_MARK_LABEL)
      return false;
  return trace->thread_count > 2 && trace->state != TRACE_NO_STAGE && !trace->damage_count &&
         !trace->counters.lost_events && !trace->process.fork_stamp &&
         !trace->process.attached_ns && !memcmp(trace->process.parent_trace_id, none, sizeof none);
}

void matching_init(struct matching *matching, const struct trace *trace,
                   struct postings *postings) {
  double ticks = trace->process.ticks_per_second;
  if (!(ticks >= 1 && ticks < 1e12))
    ticks = 1e9;
  *matching = (struct matching){.exact = matching_is_exact(trace),
                                .postings = postings,
                                .handover_ticks = (uint64_t)(ticks * MATCHING_HANDOVER),
                                .early_ticks = (uint64_t)(ticks * MATCHING_EARLY)};
  live_init(&matching->live);
  keymap_init(&matching->shares);
  keymap_init(&matching->places);
  debts_init(&matching->debts);
  waiting_init(&matching->superseded);
  waiting_init(&matching->early);
  maps_init(&matching->maps);
  releases_init(&matching->releases);
  matching->failed = !heaps_init(&matching->heaps, trace);
}

void matching_release(struct matching *matching) {
  live_release(&matching->live);
  keymap_release(&matching->shares);
  keymap_release(&matching->places);
  debts_release(&matching->debts);
  waiting_release(&matching->superseded);
  waiting_release(&matching->early);
  maps_release(&matching->maps);
  heaps_release(&matching->heaps);
  releases_release(&matching->releases);
}

/* ---- Places -----------------------------------------------------------------------------------*/

static uint64_t matching_key(uint32_t context, uint32_t thread) {
  return (uint64_t)context << 32 | thread;
}

static uint32_t matching_new_place(struct matching *matching, uint64_t key) {
  if (matching->place_count >= UINT32_MAX - 1 ||
      !keymap_add(&matching->places, key, matching->place_count + 1))
    return 0;
  *postings_next(matching->postings) =
      (struct posting){.kind = POSTING_PLACE, .birth = key >> 32, .thread = (uint32_t)key};
  return ++matching->place_count;
}

/* The place's number, which is told of when it is new; 0: no memory. */
static uint32_t matching_place(struct matching *matching, uint32_t context, uint32_t thread) {
  uint64_t key = matching_key(context, thread);
  if (matching->last_place && key == matching->last_key)
    return matching->last_place;
  uint32_t place = keymap_get(&matching->places, key);
  if (!place)
    place = matching_new_place(matching, key);
  matching->last_key = key;
  matching->last_place = place;
  matching->failed |= !place;
  return place;
}

/* ---- Telling ----------------------------------------------------------------------------------*/

static void matching_post(struct matching *matching, enum posting_kind kind,
                          const struct live_block *block, uint32_t thread) {
  *postings_next(matching->postings) = (struct posting){
      .now = matching->now,
      .birth = block->stamp,
      .size = block->size,
      .place = block->place,
      .thread = thread,
      .kind = (uint8_t)kind,
      .share_shift = block->share_shift,
      .in_pool = block->address & SEEP_ADDRESS_OWN,
      .in_heap = heaps_has(&matching->heaps, block->address),
  };
}

static uint64_t matching_before(uint64_t stamp, uint64_t ticks) {
  return stamp == UINT64_MAX ? stamp : stamp > ticks ? stamp - ticks : 0;
}

/* Blocks whose free did not come in time were freed unseen; frees whose allocation did not come
 * are what they seemed. */
static void matching_expire(struct matching *matching, uint64_t stamp) {
  struct waiting_entry entry;
  uint64_t handover = matching_before(stamp, matching->handover_ticks);
  uint64_t early = matching_before(stamp, matching->early_ticks);
  while (waiting_expire(&matching->superseded, handover, &entry))
    matching_post(matching, POSTING_REPLACED, &entry.block, entry.thread);
  while (waiting_expire(&matching->early, early, &entry))
    ;
}

/* ---- What waits -------------------------------------------------------------------------------*/

static void matching_wait(struct matching *matching, struct waiting *waiting,
                          const struct live_block *block, const struct trace_event *event) {
  struct waiting_entry entry = {.block = *block, .since = event->stamp, .thread = event->thread};
  matching->failed |= !waiting_push(waiting, &entry);
}

static void matching_owe_free(struct matching *matching, const struct live_block *block,
                              const struct trace_event *event) {
  if (matching->exact)
    matching->failed |= !debts_add_free(&matching->debts, block->address);
  else
    matching_wait(matching, &matching->early, block, event);
}

static void matching_owe_block(struct matching *matching, const struct live_block *older,
                               const struct trace_event *event) {
  if (matching->exact)
    matching->failed |= !debts_add_block(&matching->debts, older);
  else
    matching_wait(matching, &matching->superseded, older, event);
}

/* Whether the block's free was stamped before its allocation: born and dead at once. */
static bool matching_freed_early(struct matching *matching, const struct live_block *block,
                                 const struct trace_event *event) {
  struct waiting_entry entry;
  if (matching->exact)
    return debts_take_free(&matching->debts, block->address);
  return matching->early.count &&
         waiting_take(&matching->early, block->address, event->thread, &entry);
}

/* The older block of the address that waits for this free. Where stamps alone are repaired it is
 * none's if the thread that made the newer block frees: that one's events are in order. */
static bool matching_older(struct matching *matching, const struct trace_event *event,
                           struct live_block *block) {
  struct waiting_entry entry;
  if (matching->exact)
    return debts_take_block(&matching->debts, event->address & SEEP_ADDRESS_MASK, block);
  if (!waiting_take(&matching->superseded, block->address, event->thread, &entry))
    return false;
  *block = entry.block;
  return true;
}

/* ---- Events -----------------------------------------------------------------------------------*/

static void matching_put(struct matching *matching, const struct live_block *block,
                         const struct trace_event *event) {
  struct live_block older;
  enum live_put put = live_put(&matching->live, block, &older);
  if (put == LIVE_REPLACED) {
    older.share_shift = shares_get(&matching->shares, block->address);
    matching_owe_block(matching, &older, event);
  }
  matching->failed |=
      put == LIVE_MEMORY || !shares_set(&matching->shares, block->address, block->share_shift);
}

static void matching_allocate(struct matching *matching, const struct trace_event *event) {
  struct live_block block = {.address = event->address & SEEP_ADDRESS_MASK,
                             .size = event->size < LIVE_SIZE_MAX ? event->size : LIVE_SIZE_MAX,
                             .stamp = event->stamp,
                             .share_shift = shares_shift(event->weight),
                             .place = matching_place(matching, event->context, event->thread)};
  if (!block.place)
    return;
  bool early = matching_freed_early(matching, &block, event);
  if (!early)
    matching_put(matching, &block, event);
  matching_post(matching, early ? POSTING_EARLY : POSTING_BIRTH, &block, event->thread);
}

/* The free of a contested address belongs to the block that waits for one; the newer stays. */
static void matching_settle(struct matching *matching, const struct trace_event *event,
                            struct live_block *block) {
  struct live_block newer = *block, none;
  if (matching_older(matching, event, block))
    matching->failed |= live_put(&matching->live, &newer, &none) == LIVE_MEMORY;
}

/* place 0: whose block it was is not known. */
static void matching_sampled(struct matching *matching, const struct live_block *block,
                             const struct trace_event *event) {
  uint64_t age = event->stamp > block->stamp ? event->stamp - block->stamp : 0;
  if (!block->place) {
    matching->releases.samples++;
    matching->releases.unmatched++;
  } else {
    matching->failed |= !releases_add(&matching->releases, block->place, age, event);
  }
}

static void matching_free(struct matching *matching, const struct trace_event *event) {
  struct live_block block = {.address = event->address & SEEP_ADDRESS_MASK};
  bool known = live_take(&matching->live, block.address, &block);
  if (known)
    block.share_shift = shares_get(&matching->shares, block.address);
  if (known && block.contested)
    matching_settle(matching, event, &block);
  if (event->weight)
    matching_sampled(matching, &block, event);
  if (!known)
    matching_owe_free(matching, &block, event);
  matching_post(matching, known ? POSTING_DEATH : POSTING_UNKNOWN, &block, event->thread);
}

static void matching_transient(struct matching *matching, const struct trace_event *event) {
  const struct live_block pairs = {.size = event->size};
  matching_post(matching, POSTING_TRANSIENT, &pairs, event->thread);
}

static void matching_event(struct matching *matching, const struct trace_event *event) {
  bool done = true;
  switch (event->kind) {
  case SEEP_KIND_ALLOC:
    matching_allocate(matching, event);
    break;
  case SEEP_KIND_FREE:
    matching_free(matching, event);
    break;
  case SEEP_KIND_MAP:
    done = maps_map(&matching->maps, event->address, event->size, event->context);
    break;
  case SEEP_KIND_UNMAP:
    done = maps_unmap(&matching->maps, event->address, event->size);
    break;
  case TRACE_TRANSIENT:
    matching_transient(matching, event);
    break;
  }
  matching->failed |= !done;
}

static void matching_take(struct matching *matching, struct trace_event event) {
  if (event.stamp < matching->now)
    event.stamp = matching->now;
  matching->now = event.stamp;
  if (matching->superseded.count || matching->early.count)
    matching_expire(matching, event.stamp);
  matching_event(matching, &event);
}

/* How many events before its turn the memory is asked for that an event will touch. The tables are
 * far larger than caches: so the waiting for many events' memory overlaps. */
#define MATCHING_AHEAD 16

static void matching_prefetch(const struct matching *matching, const struct trace_event *event) {
  live_prefetch(&matching->live, event->address);
  if (event->kind == SEEP_KIND_ALLOC)
    keymap_prefetch(&matching->places, matching_key(event->context, event->thread));
}

void matching_events(struct matching *matching, const struct trace_event *events, size_t count) {
  for (size_t i = 0; i < count && i < MATCHING_AHEAD; i++)
    matching_prefetch(matching, &events[i]);
  for (size_t i = 0; i < count && !matching->failed; i++) {
    if (i + MATCHING_AHEAD < count)
      matching_prefetch(matching, &events[i + MATCHING_AHEAD]);
    matching_take(matching, events[i]);
  }
}

void matching_sums(struct matching *matching, const struct trace_sums *sums) {
  uint32_t place = matching_place(matching, sums->context, sums->thread);
  if (place)
    postings_add_sums(matching->postings, place, sums);
}

/* An address stands once: the blocks that still wait for their free were freed unseen. */
void matching_finish(struct matching *matching) {
  struct live_block block;
  matching_expire(matching, UINT64_MAX);
  for (size_t from = 0; debts_take_any(&matching->debts, &from, &block);)
    matching_post(matching, POSTING_REPLACED, &block, 0);
  *postings_next(matching->postings) = (struct posting){
      .kind = POSTING_END, .size = matching->maps.bytes, .birth = matching->maps.count};
  postings_give(matching->postings);
}

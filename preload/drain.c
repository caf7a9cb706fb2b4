/* SPDX-License-Identifier: Apache-2.0 */
#include "drain.h"
#include "arena.h"
#include "columns.h"
#include "compress.h"
#include "contexts.h"
#include "cuts.h"
#include "definitions.h"
#include "dictionary.h"
#include "disagreements.h"
#include "filter.h"
#include "modules.h"
#include "offspring.h"
#include "output.h"
#include "pairs.h"
#include "resident.h"
#include "settings.h"
#include "signals.h"
#include "sys.h"
#include "thinning.h"
#include "workspace.h"

#include <string.h>
#include <sys/prctl.h>

#define STATE_EVERY_NS 1000000000u
#define RECORDS_AT_ONCE (WORKSPACE_STORED / sizeof(struct seep_record))

struct job {
  struct seep_slot *slot;
  struct pairs_tail tail;
  bool announce;
  uint64_t end_stamp; /* of the thread; 0: it goes on */
  bool *kept;         /* what cannot be written may stay in the stage, and this says so; or NULL */
};

/* ---- one block
 * ----------------------------------------------------------------------------------*/

static void begin_block(struct workspace *w, const struct job *job, enum seep_frame_type type,
                        uint32_t from, uint32_t count) {
  struct seep_frame *header = &w->out.header;
  output_begin(header, type);
  header->first_stamp = w->records[from].stamp;
  header->last_stamp = w->records[from + count - 1].stamp;
  if (header->last_stamp < header->first_stamp)
    header->last_stamp = header->first_stamp;
  header->first_sequence = job->slot->drained + (w->records - job->slot->records) + from;
  header->record_count = count;
  header->thread = job->slot->thread;
  header->rss_kib = output_rss_kib();
}

static void write_frame(struct workspace *w, const struct job *job, size_t stored, size_t plain) {
  if (job->kept)
    output_write_or_keep(&w->out.header, stored, plain, job->kept);
  else
    output_write(&w->out.header, stored, plain);
}

static void write_columns(struct workspace *w, const struct job *job, size_t stored, size_t plain) {
  enum seep_frame_type type = w->share_shift ? SEEP_FRAME_THINNED : SEEP_FRAME_EVENTS;
  begin_block(w, job, type, 0, w->record_count);
  w->out.header.survivor_count = w->survivor_count;
  write_frame(w, job, stored, plain);
}

/* For a block whose columns do not fit: as it stands, in pieces. */
static void write_records(struct workspace *w, const struct job *job) {
  for (uint32_t from = 0; from < w->record_count;) {
    uint32_t count = w->record_count - from;
    if (count > RECORDS_AT_ONCE) {
      count = RECORDS_AT_ONCE;
      if (pairs_kind(&w->records[from + count]) == SEEP_KIND_WIDE)
        count--; /* a wide size stays with its allocation */
    }
    memcpy(w->out.payload, w->records + from, count * sizeof *w->records);
    begin_block(w, job, SEEP_FRAME_RECORDS, from, count);
    write_frame(w, job, count * sizeof *w->records, 0);
    from += count;
  }
}

/* The part of the thread's block that w->records and record_count name. */
static void write_part(struct workspace *w, struct job *job, bool mark_may_come) {
  unsigned share_shift;
  if (thinning_level(&share_shift) == THINNING_FULL) {
    thinning_count_all(w);
    return;
  }
  w->share_shift = (uint8_t)share_shift;
  pairs_find(w, &job->tail, (settings.all_events && !share_shift) || mark_may_come);
  thinning_apply(w, share_shift);
  modules_write_pending();
  definitions_write_contexts(w);
  dictionary_sort(w);
  bool one_thread = stage_get(&stage->threads) <= 1;
  bool coarse = one_thread && !mark_may_come && job->slot->thread;
  size_t bytes = columns_encode(w, coarse), stored, plain;
  if (bytes && compress_fits(w, bytes, &stored, &plain))
    write_columns(w, job, stored, plain);
  else
    write_records(w, job);
}

static void write_block(struct workspace *w, struct job *job, uint32_t count) {
  struct seep_record *records = job->slot->records;
  struct cuts cuts = cuts_find(records->stamp);
  for (uint32_t at = 0; at < count; at += w->record_count) {
    w->records = records + at;
    w->record_count = cuts_next(&cuts, w->records, count - at);
    write_part(w, job, w->records->stamp >= cuts.keep_from);
  }
}

static void work(struct workspace *w, void *argument) {
  struct job *job = argument;
  struct seep_slot *slot = job->slot;
  uint64_t committed = __atomic_load_n(&slot->committed, __ATOMIC_ACQUIRE);
  if (job->announce && !job->end_stamp)
    definitions_write_thread(slot, 0);
  if (committed > slot->drained)
    write_block(w, job, (uint32_t)(committed - slot->drained));
  if (!job->kept || !*job->kept)
    __atomic_store_n(&slot->drained, committed, __ATOMIC_RELEASE);
  if (job->end_stamp)
    definitions_write_thread(slot, job->end_stamp);
  disagreements_write();
}

/* ---- state
 * --------------------------------------------------------------------------------------*/

static void put_counters(struct output_fields *fields) {
  struct capture_counts verification = capture_verification();
  const struct {
    enum seep_tag tag;
    uint64_t value;
  } counters[] = {
      {SEEP_TAG_LOST_EVENTS, stage_get(&stage->lost_events)},
      {SEEP_TAG_UNRECORDED_EVENTS, stage_get(&stage->unrecorded_events)},
      {SEEP_TAG_TRUNCATED_STACKS, stage_get(&stage->truncated_stacks)},
      {SEEP_TAG_PAUSED_EVENTS, stage_get(&stage->paused_events)},
      {SEEP_TAG_CAPTURES, stage_get(&stage->captures)},
      {SEEP_TAG_VERIFIED, verification.verified},
      {SEEP_TAG_VERIFY_SKIPPED, verification.skipped},
      {SEEP_TAG_DISAGREEMENTS, verification.disagreements},
      {SEEP_TAG_CONTEXT_COUNT, contexts_count()},
      {SEEP_TAG_RECORDER_BYTES, stage_get(&stage->recorder_bytes_peak)},
      {SEEP_TAG_HOLDUP_TICKS, stage_get(&stage->holdup_ticks)},
      {SEEP_TAG_DRAINS, stage_get(&stage->drains)},
      {SEEP_TAG_UNRECORDED_CHILDREN, stage_get(&stage->unrecorded_children)},
      {SEEP_TAG_UNRECORDED_CHILD_ALLOCATIONS, stage_get(&stage->unrecorded_child_allocations)},
      {SEEP_TAG_UNRECORDED_CHILD_BYTES, stage_get(&stage->unrecorded_child_bytes)},
      {SEEP_TAG_PEAK_THREADS, stage_get(&stage->peak_threads)},
  };
  for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
    output_field_u64(fields, counters[i].tag, counters[i].value);
}

static void put_limit(struct output_fields *fields) {
  if (!stage_get(&stage->size_limit))
    return;
  output_field_u64(fields, SEEP_TAG_SIZE_LIMIT, stage_get(&stage->size_limit));
  output_field_u64(fields, SEEP_TAG_FOLLOWED_SHARE, stage_get(&stage->followed_share));
  output_field_u64(fields, SEEP_TAG_UNFOLLOWED_BLOCKS, stage_get(&stage->unfollowed_blocks));
  output_field_u64(fields, SEEP_TAG_UNFOLLOWED_BYTES, stage_get(&stage->unfollowed_bytes));
  output_field_u64(fields, SEEP_TAG_UNFOLLOWED_FREES, stage_get(&stage->unfollowed_frees));
  output_field_u64(fields, SEEP_TAG_UNWRITTEN_RECORDS, stage_get(&stage->unwritten_records));
}

struct moment { /* on both clocks */
  uint64_t stamp, monotonic_ns;
};

static struct moment moment_now(void) {
  if (clock_is_stopped())
    return (struct moment){stage_get(&stage->last_stamp), stage_get(&stage->last_monotonic_ns)};
  uint64_t monotonic_ns = clock_ns(CLOCK_MONOTONIC);
  return (struct moment){clock_stamp(), monotonic_ns};
}

/* The two numbers are of one moment, and the last one that anybody took: by one thread at a time,
 * and whoever looks meanwhile finds no stamp. */
static void put_moment(struct moment moment) {
  uint64_t before = __atomic_exchange_n(&stage->last_stamp, 0, __ATOMIC_ACQUIRE);
  if (!before)
    return;
  if (before < moment.stamp)
    stage_set(&stage->last_monotonic_ns, moment.monotonic_ns);
  __atomic_store_n(&stage->last_stamp, before < moment.stamp ? moment.stamp : before,
                   __ATOMIC_RELEASE);
}

static void refresh_stage(struct moment moment) {
  struct capture_counts verification = capture_verification();
  put_moment(moment);
  stage_set(&stage->context_count, contexts_count());
  stage_set(&stage->verified, verification.verified);
  stage_set(&stage->verify_skipped, verification.skipped);
  stage_set(&stage->disagreements, verification.disagreements);
  offspring_tell();
}

static void measure_memory(void) {
  uint64_t bytes = arena_resident();
  stage_set(&stage->recorder_bytes, bytes);
  stage_raise(&stage->recorder_bytes_peak, bytes);
}

bool drain_write_state(enum seep_frame_type type) {
  struct output_frame frame;
  struct output_fields fields;
  measure_memory();
  struct moment now = moment_now();
  refresh_stage(now);
  output_fields_begin(&fields, &frame, type);
  frame.header.rss_kib = output_rss_kib();
  output_field_u64(&fields, SEEP_TAG_STAMP, now.stamp);
  output_field_u64(&fields, SEEP_TAG_MONOTONIC_NS, now.monotonic_ns);
  output_field_u64(&fields, SEEP_TAG_REALTIME_NS, clock_ns(CLOCK_REALTIME));
  put_counters(&fields);
  put_limit(&fields);
  return output_fields_write(&fields);
}

static void state_now_and_then(void) {
  static uint64_t next_ns;
  struct moment now = moment_now();
  uint64_t next = __atomic_load_n(&next_ns, __ATOMIC_RELAXED);
  refresh_stage(now);
  uint64_t then = now.monotonic_ns + STATE_EVERY_NS * thinning_seldom();
  if (now.monotonic_ns < next || !__atomic_compare_exchange_n(&next_ns, &next, then, false,
                                                              __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    return;
  drain_write_state(SEEP_FRAME_STATE);
}

static void figures_now_and_then(struct workspace *w, void *unused) {
  (void)unused;
  state_now_and_then();
  resident_now_and_then(w);
}

void drain_add_counts(struct seep_slot *slot) {
  uint64_t *const from[] = {&slot->unrecorded_events, &slot->truncated_stacks, &slot->paused_events,
                            &slot->captures};
  uint64_t *const to[] = {&stage->unrecorded_events, &stage->truncated_stacks,
                          &stage->paused_events, &stage->captures};
  for (int i = 0; i < 4; i++)
    stage_add(to[i], __atomic_exchange_n(from[i], 0, __ATOMIC_RELAXED));
}

/* ---- who drains
 * ---------------------------------------------------------------------------------*/

static void count_drain(uint64_t since) {
  stage_add(&stage->drains, 1);
  stage_raise(&stage->holdup_ticks, clock_stamp() - since);
}

static bool try_lock(struct seep_slot *slot) {
  return !__atomic_exchange_n(&slot->lock, 1, __ATOMIC_ACQUIRE);
}

bool drain_may(void) {
  struct filter_state now = filter_now();
  return filter_lets_drain(&now);
}

static void run(struct job *job) {
  struct workspace *workspace = drain_may() ? workspace_take() : NULL;
  if (workspace) {
    workspace_run(workspace, work, job);
    workspace_run(workspace, figures_now_and_then, NULL);
    workspace_give_back(workspace);
    return;
  }
  uint64_t records = job->slot->committed - job->slot->drained;
  stage_add(&stage->lost_events, records);
  job->slot->drained = job->slot->committed;
}

/* The name as it is now; true: it is new. */
static bool name_again(struct seep_slot *slot) {
  char name[sizeof slot->name] = "";
  if (sys_failed(sys_call3(SYS_prctl, PR_GET_NAME, name, 0)) ||
      !memcmp(name, slot->name, sizeof name))
    return false;
  memcpy(slot->name, name, sizeof name);
  return true;
}

static void drain_own(struct thread *thread, uint64_t end_stamp, bool *kept) {
  bool renamed = !thread->shared && name_again(thread->slot);
  struct job job = {.slot = thread->slot,
                    .tail = {thread->tail_address, thread->tail_context},
                    .announce = renamed || !thread->announced,
                    .end_stamp = end_stamp,
                    .kept = kept};
  run(&job);
  thread->announced = true;
  thread->tail_address = job.tail.address;
  thread->tail_context = job.tail.context;
  thread->next = thread->slot->records;
}

bool drain_full(struct thread *thread) {
  uint64_t began = clock_stamp(), before = signals_block();
  struct seep_slot *slot = thread->slot;
  bool mine = try_lock(slot);
  if (mine) {
    drain_own(thread, 0, NULL);
    drain_add_counts(slot);
    __atomic_store_n(&slot->lock, 0, __ATOMIC_RELEASE);
    count_drain(began);
  }
  signals_restore(before);
  return mine;
}

static bool end_own(struct thread *thread, bool *kept) {
  if (!drain_may() || !try_lock(thread->slot))
    return false;
  drain_own(thread, thread->serial ? clock_stamp() : 0, kept);
  return !kept || !*kept;
}

bool drain_last(struct thread *thread) {
  return end_own(thread, NULL);
}

bool drain_finally(struct thread *thread) {
  bool kept = false;
  return end_own(thread, &kept);
}

bool drain_foreign(struct seep_slot *slot) {
  for (int tries = 0; tries < 1000 && drain_may(); tries++) {
    if (try_lock(slot)) {
      uint32_t owner = stage_owner_of(slot);
      bool kept = false;
      struct job job = {.slot = slot, .announce = owner != 0, .kept = &kept};
      if (owner == SEEP_SLOT_FREE)
        return true;
      run(&job);
      /* What its owner appends from here on does not stand where the numbers say. */
      if (!kept)
        stage_own_slot(slot, SEEP_SLOT_FREE);
      return !kept;
    }
    __builtin_ia32_pause();
  }
  return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"
#include "race.h"
#include "ways.h"

#include <fcntl.h>
#include <inttypes.h>
#include <seep/format.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORDS (RACE_BLOCKS / 64)
#define SAID_MOST 20
/* Paths that were given more than one id, of all ids: where inserts met. */
#define DOUBLES_SHARE 10
/* Allocations whose stack was not to be had: where threads met in the table of modules. */
#define HOMELESS_SHARE 10000

struct seen {
  uint64_t allocated[WORDS], freed[WORDS];
  uint32_t thread; /* of the trace, + 1 */
};

struct tally {
  enum tally_mode mode;
  const struct race_truth *truth;
  struct trace *trace;
  struct ways *ways;
  struct seen *seen;  /* by actor */
  uint32_t *actor_of; /* by the trace's threads */
  uint64_t allocations, frees, pairs;
  uint64_t homeless; /* allocations without a stack */
  uint64_t wrong;
};

static __attribute__((format(printf, 2, 3))) void complain(struct tally *tally, const char *format,
                                                           ...) {
  if (tally->wrong++ >= SAID_MOST)
    return;
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
}

static uint32_t get(const _Atomic uint32_t *number) {
  return atomic_load_explicit(number, memory_order_relaxed);
}

static bool bit(const uint64_t *words, uint32_t place) {
  return words[place / 64] >> place % 64 & 1;
}

static bool was_freed(const struct race_actor *actor, uint32_t block) {
  return atomic_load_explicit(&actor->freed[block / 64], memory_order_relaxed) >> block % 64 & 1;
}

/* ---- Events ------------------------------------------------------------------------------- */

static bool is_of_ended(const struct tally *tally, uint32_t thread) {
  const char *name = tally->trace->threads[thread].name;
  return name && !strcmp(name, "(ended threads)");
}

/* One thread of the trace for each actor, and the other way round. */
static void check_thread(struct tally *tally, uint32_t number, uint32_t thread) {
  uint32_t *mine = &tally->seen[number].thread, *its = &tally->actor_of[thread];
  if (thread >= tally->trace->thread_count || is_of_ended(tally, thread))
    return;
  if (*mine && *mine != thread + 1)
    complain(tally, "actor %u is told of as threads %u and %u", number, *mine - 1, thread);
  if (*its && *its != number)
    complain(tally, "thread %u tells of actors %u and %u", thread, *its, number);
  if (tally->trace->threads[thread].tid != get(&tally->truth->actor[number].tid))
    complain(tally, "actor %u is not thread %u", number, thread);
  *mine = thread + 1;
  *its = number;
}

static void check_way(struct tally *tally, const struct trace_event *event) {
  uint32_t way = (uint32_t)(event->size - 1) & RACE_WAY,
           told = ways_of(tally->ways, event->context);
  tally->homeless += !event->context;
  if (told != way && event->context)
    complain(tally, "block %" PRIx64 " came by %x, and by %x in the trace", event->address, way,
             told);
}

static void take_allocation(struct tally *tally, const struct trace_event *event, uint32_t number,
                            uint32_t block) {
  struct seen *seen = &tally->seen[number];
  const struct race_actor *actor = &tally->truth->actor[number];
  if (bit(seen->allocated, block))
    complain(tally, "block %" PRIx64 " is allocated twice", event->address);
  seen->allocated[block / 64] |= 1ull << block % 64;
  tally->allocations++;
  check_way(tally, event);
  if (get(&actor->kind) != RACE_POOLED)
    check_thread(tally, number, event->thread);
}

static void take_free(struct tally *tally, const struct trace_event *event, uint32_t number,
                      uint32_t block) {
  struct seen *seen = &tally->seen[number];
  if (bit(seen->freed, block))
    complain(tally, "block %" PRIx64 " is freed twice", event->address);
  if (!was_freed(&tally->truth->actor[number], block))
    complain(tally, "block %" PRIx64 " was never freed", event->address);
  seen->freed[block / 64] |= 1ull << block % 64;
  tally->frees++;
}

static void take_event(struct tally *tally, const struct trace_event *event) {
  uint64_t address = event->address & ~SEEP_ADDRESS_OWN;
  uint32_t number = race_actor_of(address), block = race_block_of(address);
  uint32_t kind = get(&tally->truth->actor[number].kind);
  if (event->kind == TRACE_TRANSIENT)
    return;
  if (!race_is_block(address) || !kind || kind == RACE_NESTED ||
      block >= get(&tally->truth->actor[number].begun))
    complain(tally, "nobody asked for block %" PRIx64, event->address);
  else if (event->kind == SEEP_KIND_ALLOC)
    take_allocation(tally, event, number, block);
  else if (event->kind == SEEP_KIND_FREE)
    take_free(tally, event, number, block);
  else
    complain(tally, "an event of kind %u", event->kind);
}

static void take_events(void *data, const struct trace_event *events, size_t count) {
  for (size_t i = 0; i < count; i++)
    take_event(data, &events[i]);
}

/* No sum is of both sides of a mark. */
static void check_mark(struct tally *tally, const struct trace_sums *sums, uint64_t mark) {
  if (sums->pairs && sums->first_stamp <= mark && mark < sums->last_stamp)
    complain(tally, "a mark at %" PRIu64 " lies in sums from %" PRIu64 " to %" PRIu64, mark,
             sums->first_stamp, sums->last_stamp);
}

static void take_sums(void *data, const struct trace_sums *sums) {
  struct tally *tally = data;
  tally->pairs += sums->pairs;
  if (sums->pairs && ways_of(tally->ways, sums->context) == WAYS_NONE)
    complain(tally, "sums of no way");
  uint32_t marks = get(&tally->truth->marks);
  for (uint32_t i = 0; i < marks && i < RACE_MARKS; i++)
    check_mark(tally, sums, atomic_load_explicit(&tally->truth->mark[i], memory_order_relaxed));
  for (size_t i = 0; i < tally->trace->mark_count; i++)
    check_mark(tally, sums, tally->trace->marks[i].stamp);
}

/* ---- The whole ---------------------------------------------------------------------------- */

static uint32_t count_frees(const struct race_actor *actor) {
  uint32_t count = 0;
  for (uint32_t word = 0; word < WORDS; word++)
    count += (uint32_t)__builtin_popcountll(
        atomic_load_explicit(&actor->freed[word], memory_order_relaxed));
  return count;
}

/* Every call is told of, or counted as not recorded. */
static void check_calls(struct tally *tally) {
  const struct trace_counters *counters = &tally->trace->counters;
  uint64_t made = 0, told = tally->allocations + tally->frees + 2 * tally->pairs;
  for (uint32_t number = 1; number <= get(&tally->truth->actors) && number < RACE_ACTORS;
       number++) {
    const struct race_actor *actor = &tally->truth->actor[number];
    if (get(&actor->pid) == tally->trace->process.pid)
      made += get(&actor->begun) + count_frees(actor);
  }
  uint64_t counted = counters->unrecorded_events + counters->paused_events;
  if (made != told + counted)
    complain(tally, "%" PRIu64 " calls were made, %" PRIu64 " are told of, %" PRIu64 " are counted",
             made, told, counted);
}

/* Of an actor's allocations: first to last are told of; holes: how many of these are not. */
struct run {
  uint32_t first, last, holes;
};

static struct run run_of(const struct seen *seen) {
  struct run run = {.first = UINT32_MAX};
  uint32_t count = 0;
  for (uint32_t block = 0; block < RACE_BLOCKS; block++) {
    if (!bit(seen->allocated, block))
      continue;
    run.first = run.first == UINT32_MAX ? block : run.first;
    run.last = block;
    count++;
  }
  run.holes = count ? run.last - run.first + 1 - count : 0;
  return run;
}

/* Holes are calls that were counted as not recorded. */
static void check_runs(struct tally *tally) {
  uint64_t holes = 0;
  for (uint32_t number = 1; number <= get(&tally->truth->actors) && number < RACE_ACTORS;
       number++) {
    struct run run = run_of(&tally->seen[number]);
    uint32_t done = get(&tally->truth->actor[number].done);
    if (tally->mode == TALLY_PREFIX && run.first != UINT32_MAX)
      run.holes += run.first;
    if (tally->mode == TALLY_PREFIX && (run.first == UINT32_MAX ? 0 : run.last + 1) < done)
      complain(tally, "actor %u: %u calls were over, %u are told of", number, done,
               run.first == UINT32_MAX ? 0 : run.last + 1);
    holes += run.holes;
  }
  if (holes > tally->trace->counters.unrecorded_events)
    complain(tally, "%" PRIu64 " calls are missing among others, %" PRIu64 " are counted", holes,
             tally->trace->counters.unrecorded_events);
}

static void check_trace(struct tally *tally) {
  const struct trace *trace = tally->trace;
  uint64_t ids = trace->counters.context_count, paths = trace->context_count - 1;
  for (size_t i = 0; i < trace->damage_count; i++)
    complain(tally, "damage at %" PRIu64 ": %s", trace->damages[i].offset,
             trace->damages[i].reason);
  if (trace->counters.lost_events || trace->counters.truncated_stacks)
    complain(tally, "%" PRIu64 " events lost, %" PRIu64 " stacks cut", trace->counters.lost_events,
             trace->counters.truncated_stacks);
  if (tally->homeless * HOMELESS_SHARE > tally->allocations)
    complain(tally, "%" PRIu64 " allocations without a stack", tally->homeless);
  /* At an exit, paths are entered of calls that come too late. */
  if (tally->mode != TALLY_PREFIX && trace->state == TRACE_ENDED &&
      (ids < paths || (ids - paths) * DOUBLES_SHARE > ids))
    complain(tally, "%" PRIu64 " ids for %" PRIu64 " paths", ids, paths);
}

static const struct race_truth *open_truth(const char *path) {
  struct stat is;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || fstat(file, &is) || (size_t)is.st_size != sizeof(struct race_truth))
    return NULL;
  const struct race_truth *truth = mmap(NULL, sizeof *truth, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  return truth != MAP_FAILED && truth->magic == RACE_MAGIC ? truth : NULL;
}

static bool replay(struct tally *tally) {
  static const struct trace_visitor visitor = {.events = take_events, .sums = take_sums};
  struct trace_error error = {0};
  if (trace_replay(tally->trace, &visitor, tally, &error) != TRACE_OK)
    complain(tally, "%s %s", trace_status_text(error.status), error.detail);
  check_trace(tally);
  if (tally->mode == TALLY_ALL || tally->mode == TALLY_SUMS)
    check_calls(tally);
  else
    check_runs(tally);
  printf("%" PRIu64 " allocations, %" PRIu64 " frees, %" PRIu64 " pairs, %" PRIu64
         " not recorded, %" PRIu64 " paused, %zu threads, %zu paths, %" PRIu64 " ids, %" PRIu64
         " wrong\n",
         tally->allocations, tally->frees, tally->pairs, tally->trace->counters.unrecorded_events,
         tally->trace->counters.paused_events, tally->trace->thread_count - 1,
         tally->trace->context_count - 1, tally->trace->counters.context_count, tally->wrong);
  return !tally->wrong;
}

bool tally_trace(enum tally_mode mode, const char *truth_path, const char *trace_path) {
  struct tally tally = {.mode = mode, .truth = open_truth(truth_path)};
  struct trace_error error = {0};
  bool right = false;
  if (!tally.truth || trace_open(trace_path, &tally.trace, &error) != TRACE_OK) {
    printf("%s: %s %s\n", tally.truth ? trace_path : truth_path,
           tally.truth ? trace_status_text(error.status) : "is no truth", error.detail);
    return false;
  }
  tally.ways = ways_make(tally.trace, tally.truth);
  tally.seen = calloc(RACE_ACTORS, sizeof *tally.seen);
  tally.actor_of = calloc(tally.trace->thread_count + 1, sizeof *tally.actor_of);
  if (tally.ways && tally.seen && tally.actor_of)
    right = replay(&tally);
  ways_free(tally.ways);
  free(tally.seen);
  free(tally.actor_of);
  trace_close(tally.trace);
  return right;
}

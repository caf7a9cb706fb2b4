/* SPDX-License-Identifier: Apache-2.0
 *
 * Temporary allocations and peaks, of blocks that were drained and of raw ones: what the recorder
 * says of the first and the reader finds in the second must be the same. The recorder's own code
 * drains here.
 */
#include "builder_private.h"
#include "pairs.h"
#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ADDRESSES 12
#define CONTEXTS 6
#define BLOCK_EVENTS 120
#define BLOCKS 40

static uint64_t random_state;

static uint32_t random_below(uint32_t limit) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state >> 33) % limit;
}

/* ---- A thread's run ---------------------------------------------------------------------------*/

struct run {
  struct builder_event events[BLOCKS * BLOCK_EVENTS];
  size_t count, ends[BLOCKS]; /* of the blocks */
  size_t block_count;
  uint64_t live[ADDRESSES + 1]; /* sizes, 0: free */
  bool alone;                   /* no other thread frees or hands on blocks */
};

static void run_event(struct run *run, uint8_t kind, uint32_t address, uint64_t size) {
  run->events[run->count] =
      (struct builder_event){.kind = kind,
                             .stamp = 2000 + run->count * 10,
                             .address = (uint64_t)address << 12,
                             .size = size,
                             .context = size ? 1 + random_below(CONTEXTS) : 0};
  run->count++;
}

static void run_allocate(struct run *run, uint32_t address) {
  if (run->alone && run->live[address])
    return;
  run->live[address] = random_below(40) ? 1 + random_below(1000) : 5ull << 32;
  run_event(run, SEEP_KIND_ALLOC, address, run->live[address]);
}

static void run_free(struct run *run, uint32_t address) {
  if (!run->live[address] && (run->alone || random_below(3)))
    return;
  run->live[address] = 0;
  run_event(run, SEEP_KIND_FREE, address, 0);
}

/* A realloc that failed, and what a signal handler did in it. */
static void run_fail_realloc(struct run *run, uint32_t address) {
  uint32_t other = address % ADDRESSES + 1;
  if (!run->live[address])
    return;
  run_event(run, SEEP_KIND_FREE, address, 0);
  if (random_below(2))
    run_allocate(run, other);
  if (random_below(2))
    run_free(run, other);
  run_event(run, SEEP_KIND_UNFREE, address, 0);
}

static void run_step(struct run *run, uint32_t *last) {
  uint32_t address = 1 + random_below(ADDRESSES);
  uint32_t choice = random_below(20);
  if (choice < 9) {
    *last = address;
    run_allocate(run, address);
  } else if (choice < 14) {
    run_free(run, *last);
  } else if (choice < 18) {
    run_free(run, address);
  } else {
    run_fail_realloc(run, choice == 18 ? *last : address);
  }
}

static struct run *run_make(uint64_t seed, size_t block_count, bool alone) {
  struct run *run = calloc(1, sizeof *run);
  uint32_t last = 1;
  assert_non_null(run);
  random_state = seed * 0x9e3779b97f4a7c15ull;
  run->alone = alone;
  while (run->block_count < block_count) {
    size_t stop = run->count + 1 + random_below(random_below(3) ? 5 : BLOCK_EVENTS - 5);
    while (run->count < stop)
      run_step(run, &last);
    run->ends[run->block_count++] = run->count;
  }
  return run;
}

/* ---- The recorder -----------------------------------------------------------------------------*/

/* Puts what the recorder leaves of a block whose pairs have been found. */
static void put_survivors(struct builder *b, const struct workspace *w) {
  uint32_t rows = 0, counted = 0;
  for (; rows < w->survivor_count; rows++) {
    const struct seep_record *record = &w->records[w->survivors[rows]];
    if (w->peak_bytes && rows == w->peak_position)
      builder_peak(b, 1, w->peak_bytes);
    bool allocates = pairs_kind(record) == SEEP_KIND_ALLOC;
    builder_event(b, 1,
                  &(struct builder_event){.stamp = record->stamp,
                                          .address = pairs_address(record),
                                          .size = allocates ? pairs_size(record) : 0,
                                          .context = pairs_context(record),
                                          .kind = (uint8_t)pairs_kind(record)});
    counted += allocates && pairs_size(record) >= SEEP_SIZE_WIDE ? 2 : 1;
  }
  if (w->peak_bytes && rows == w->peak_position)
    builder_peak(b, 1, w->peak_bytes);
  builder_cover(b, 1, w->record_count - counted - 2 * w->pair_count);
}

static void put_sums(struct builder *b, const struct workspace *w) {
  for (uint32_t place = 0; place < w->context_count; place++) {
    struct builder_sum sum = {
        .context = w->contexts[place], .bytes = w->bytes[place], .temporary = w->temporary[place]};
    for (uint32_t i = 0; i < w->pair_count; i++)
      sum.pairs += w->pairs[i].place == place;
    if (sum.pairs || sum.temporary)
      builder_sum(b, 1, &sum);
  }
}

static struct workspace *find_pairs(struct pairs_tail *tail, const struct seep_record *records,
                                    uint32_t count) {
  struct workspace *w = calloc(1, sizeof *w);
  assert_non_null(w);
  w->records = records;
  w->record_count = count;
  pairs_find(w, tail, random_below(8) == 0);
  return w;
}

static void put_block(struct builder *b, struct builder_event *events, size_t count, bool drained,
                      struct pairs_tail *tail) {
  struct builder_thread raw = {.events = events, .event_count = count};
  struct seep_record *records = builder_records(&raw);
  struct workspace *w = find_pairs(tail, records, builder_record_count(&raw));
  if (drained) {
    put_survivors(b, w);
    put_sums(b, w);
    if (w->last_allocation == 0)
      builder_last_in_pair(b, 1);
    builder_drain(b, 1);
  } else {
    for (size_t i = 0; i < count; i++)
      builder_event(b, 1, &events[i]);
    builder_drain_records(b, 1);
  }
  free(w);
  free(records);
}

/* Writes the run. drained: percentage of blocks. Contexts 4 to 6 are the paths of 1 to 3 again. */
static const char *put_run(struct run *run, const char *name, uint32_t drained) {
  struct builder *b = builder_new(reading_path(name));
  struct pairs_tail tail = {0};
  size_t from = 0;
  builder_process(b, NULL);
  builder_module(b, 1, "/usr/bin/demo", 0, NULL, 0);
  for (uint32_t id = 1; id <= CONTEXTS; id++)
    builder_context(b, id, 0, 1, 0x1000 + id % 3, 0);
  for (size_t i = 0; i < run->block_count; from = run->ends[i++])
    put_block(b, &run->events[from], run->ends[i] - from, random_below(100) < drained, &tail);
  builder_close(b);
  return reading_path(name);
}

/* ---- What is read -----------------------------------------------------------------------------*/

struct figures {
  uint64_t temporary[CONTEXTS + 1]; /* by canonical context */
  uint64_t total, live[ADDRESSES + 1], balance, peak;
};

static void figures_events(void *data, const struct trace_event *events, size_t count) {
  struct figures *figures = data;
  for (size_t i = 0; i < count; i++) {
    uint64_t *live = &figures->live[events[i].address >> 12], extra = 0;
    if (events[i].kind == TRACE_TRANSIENT)
      extra = events[i].size;
    else
      figures->balance += events[i].size - *live;
    if (events[i].kind != TRACE_TRANSIENT)
      *live = events[i].size;
    if (figures->balance + extra > figures->peak)
      figures->peak = figures->balance + extra;
  }
}

static void figures_sums(void *data, const struct trace_sums *sums) {
  struct figures *figures = data;
  assert_in_range(sums->context, 1, CONTEXTS);
  figures->temporary[sums->context] += sums->temporary;
  figures->total += sums->temporary;
}

static struct figures figures_of(const char *path) {
  static const struct trace_visitor visitor = {.events = figures_events, .sums = figures_sums};
  struct figures figures = {0};
  struct trace *trace;
  assert_int_equal(trace_open(path, &trace, NULL), TRACE_OK);
  assert_int_equal(trace->context_count, 4);
  assert_int_equal(trace_replay(trace, &visitor, &figures, NULL), TRACE_OK);
  assert_int_equal(trace->damage_count, 0);
  assert_int_equal(trace->counters.lost_events, 0);
  trace_close(trace);
  return figures;
}

/* ---- Tests ------------------------------------------------------------------------------------*/

static void temporaries_do_not_depend_on_drains(void **state) {
  uint64_t total = 0;
  (void)state;
  for (uint64_t seed = 1; seed <= 100; seed++) {
    struct run *run = run_make(seed, BLOCKS, false);
    struct figures drained = figures_of(put_run(run, "drained.seep", 100));
    struct figures raw = figures_of(put_run(run, "raw.seep", 0));
    struct figures mixed = figures_of(put_run(run, "mixed.seep", 50));
    assert_memory_equal(drained.temporary, raw.temporary, sizeof raw.temporary);
    assert_memory_equal(drained.temporary, mixed.temporary, sizeof mixed.temporary);
    total += raw.total;
    free(run);
  }
  assert_true(total > 10000); /* they were there to be found */
}

static void peak_of_one_block_is_that_of_its_records(void **state) {
  unsigned with_pairs = 0;
  (void)state;
  for (uint64_t seed = 1; seed <= 300; seed++) {
    struct run *run = run_make(seed, 1, true);
    struct figures drained = figures_of(put_run(run, "drained.seep", 100));
    struct figures raw = figures_of(put_run(run, "raw.seep", 0));
    assert_int_equal(drained.peak, raw.peak);
    assert_int_equal(drained.balance, raw.balance);
    with_pairs += drained.peak > drained.balance;
    free(run);
  }
  assert_true(with_pairs > 50);
}

/* Two pairs stood when the first survivor had come. */
static void transient_stands_behind_its_survivors(void **state) {
  static const uint8_t kinds[] = {SEEP_KIND_ALLOC, TRACE_TRANSIENT, SEEP_KIND_ALLOC, SEEP_KIND_FREE,
                                  TRACE_TRANSIENT, TRACE_TRANSIENT, SEEP_KIND_FREE};
  struct builder *b = builder_new(reading_path("transient.seep"));
  (void)state;
  builder_process(b, NULL);
  builder_alloc(b, 1, 2000, 0x1000, 10, 0);
  builder_peak(b, 1, 500);
  builder_alloc(b, 1, 2100, 0x2000, 20, 0);
  builder_drain(b, 1);
  builder_free(b, 1, 2200, 0x1000);
  builder_peak(b, 1, 600); /* behind the last, and */
  builder_drain(b, 1);
  builder_peak(b, 1, 700); /* before the first */
  builder_free(b, 1, 2300, 0x2000);
  builder_drain(b, 1);
  builder_close(b);
  struct reading reading = reading_of(reading_path("transient.seep"));
  assert_int_equal(reading.event_count, sizeof kinds);
  for (size_t i = 0; i < sizeof kinds; i++)
    assert_int_equal(reading.events[i].kind, kinds[i]);
  assert_int_equal(reading.events[1].size, 500);
  assert_int_equal(reading.events[1].stamp, 2000);
  assert_int_equal(reading.events[4].size, 600);
  assert_int_equal(reading.events[4].stamp, 2200);
  assert_int_equal(reading.events[5].size, 700);
  assert_int_equal(reading.events[5].stamp, 2300);
  reading_free(&reading);
}

static int end(void **state) {
  (void)state;
  reading_clean();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(temporaries_do_not_depend_on_drains),
      cmocka_unit_test(peak_of_one_block_is_that_of_its_records),
      cmocka_unit_test(transient_stands_behind_its_survivors),
  };
  return cmocka_run_group_tests(tests, NULL, end);
}

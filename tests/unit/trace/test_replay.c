/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and replaying whole traces.
 */
#include "builder.h"
#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct builder *begin(const char *name) {
  struct builder *b = builder_new(reading_path(name));
  builder_process(b, NULL);
  builder_module(b, 1, "/usr/bin/demo", 0, NULL, 0);
  builder_context(b, 1, 0, 1, 0x1000, 0);
  builder_context(b, 2, 1, 1, 0x2000, 0);
  return b;
}

static void assert_not_a_trace(const char *path, enum trace_status expected) {
  struct trace *trace = (struct trace *)1;
  struct trace_error error;
  assert_int_equal(trace_open(path, &trace, &error), expected);
  assert_null(trace);
  assert_int_equal(error.status, expected);
  assert_int_equal(trace_open(path, &trace, NULL), expected);
}

static void what_is_no_trace_is_told_apart(void **state) {
  struct builder *b;
  (void)state;
  assert_not_a_trace("/nonexistent/x.seep", TRACE_NOT_FOUND);
  assert_not_a_trace("/tmp", TRACE_NOT_A_TRACE);
  assert_not_a_trace("/dev/zero", TRACE_NOT_A_TRACE);
  assert_int_equal(mkfifo(reading_path("fifo"), 0600), 0);
  assert_not_a_trace(reading_path("fifo"), TRACE_NOT_A_TRACE); /* and does not wait */
  b = builder_new(reading_path("version.seep"));
  builder_process(b, &(struct builder_process){.format = SEEP_FORMAT_VERSION + 1});
  builder_close(b);
  assert_not_a_trace(reading_path("version.seep"), TRACE_VERSION);
}

static void process_is_read(void **state) {
  struct builder *b = builder_new(reading_path("process.seep"));
  struct trace *trace;
  (void)state;
  builder_process(
      b, &(struct builder_process){
             .program = "x", .command = "x\0\0y", .command_bytes = 4, .memory_limit_bytes = 99});
  builder_close(b);
  assert_int_equal(trace_open(reading_path("process.seep"), &trace, NULL), TRACE_OK);
  assert_string_equal(trace->process.program, "x");
  assert_string_equal(trace->process.options, "");
  assert_string_equal(trace->process.command[0], "x");
  assert_string_equal(trace->process.command[1], "");
  assert_string_equal(trace->process.command[2], "y");
  assert_null(trace->process.command[3]);
  assert_int_equal(trace->process.memory_limit_bytes, 99);
  assert_int_equal(trace->state, TRACE_NO_STAGE);
  assert_true(trace_seconds(trace, BUILDER_START_STAMP + BUILDER_TICKS_PER_SECOND) == 1.0);
  assert_true(trace_seconds(trace, 0) < 0);
  assert_true(trace_realtime_ns(trace, BUILDER_START_STAMP + 5) == BUILDER_START_REALTIME_NS + 5);
  trace_close(trace);
}

static void many_threads_merge_in_order(void **state) {
  struct builder *b = begin("many.seep");
  const uint64_t per_thread = 700;
  (void)state;
  for (uint64_t i = 0; i < per_thread; i++)
    for (uint32_t thread = 1; thread <= 40; thread++) {
      builder_alloc(b, thread, 2000 + i * 100 + thread * 7 % 40, i << 20 | thread << 4, i + 1, 1);
      if (i % 50 == thread)
        builder_drain(b, thread);
    }
  for (uint32_t thread = 40; thread; thread--)
    builder_drain_records(b, thread);
  builder_close(b);
  struct reading reading = reading_of(reading_path("many.seep"));
  uint64_t next[41] = {0};
  assert_int_equal(reading.status, TRACE_OK);
  assert_int_equal(reading.event_count, 40 * per_thread);
  assert_int_equal(reading.trace->record_count, 40 * per_thread);
  assert_int_equal(reading.trace->thread_count, 41);
  for (size_t i = 0; i < reading.event_count; i++) {
    const struct trace_event *event = &reading.events[i];
    assert_int_equal(event->address, next[event->thread] << 20 | event->thread << 4);
    assert_int_equal(event->size, ++next[event->thread]);
  }
  reading_free(&reading);
}

static void replay_can_be_repeated_and_stopped(void **state) {
  static const struct trace_visitor nothing;
  struct builder *b = begin("stop.seep");
  (void)state;
  for (uint64_t i = 0; i < 300; i++) {
    builder_alloc(b, 1, 2000 + i, i * 16, 8, 2);
    builder_drain(b, 1);
  }
  builder_close(b);
  struct reading reading = reading_of(reading_path("stop.seep"));
  size_t all = reading.event_count;
  assert_int_equal(all, 300);
  assert_true(reading.progress_count > 100);
  assert_int_equal(trace_replay(reading.trace, &nothing, NULL, NULL), TRACE_OK);
  struct trace *trace = reading.trace;
  reading.trace = NULL;
  reading_free(&reading);
  trace_close(trace);
}

static bool stop_at_once(void *data, double share) {
  (void)share;
  ++*(int *)data;
  return false;
}

static void progress_stops_the_replay(void **state) {
  static const struct trace_visitor stopper = {.progress = stop_at_once};
  struct trace *trace;
  struct trace_error error;
  int calls = 0;
  (void)state;
  assert_int_equal(trace_open(reading_path("stop.seep"), &trace, NULL), TRACE_OK);
  assert_int_equal(trace_replay(trace, &stopper, &calls, &error), TRACE_STOPPED);
  assert_int_equal(calls, 1);
  assert_int_equal(error.status, TRACE_STOPPED);
  trace_close(trace);
}

static void sums_come_before_their_events(void **state) {
  struct builder *b = begin("sums.seep");
  (void)state;
  builder_sum(b, 1, &(struct builder_sum){.context = 2, .pairs = 5, .bytes = 50, .temporary = 3});
  builder_sum(b, 1, &(struct builder_sum){.context = 1, .temporary = 1});
  builder_drain(b, 1); /* a block without survivors */
  builder_alloc(b, 1, 3000, 0x10, 1, 1);
  builder_drain(b, 1);
  builder_close(b);
  struct reading reading = reading_of(reading_path("sums.seep"));
  assert_int_equal(reading.block_count, 2);
  assert_int_equal(reading.pairs, 0);
  assert_int_equal(reading.temporary, 4);
  assert_int_equal(reading.trace->record_count, 11);
  reading_free(&reading);
}

/* ---- UNFREE, WIDE -----------------------------------------------------------------------------*/

static void put_unfree(struct builder *b, uint8_t kind, uint64_t stamp) {
  builder_event(b, 1,
                &(struct builder_event){
                    .kind = kind, .flags = SEEP_EVENT_REALLOC, .stamp = stamp, .address = 0x7000});
}

/* With `between` blocks of noise between a free and its UNFREE, one event each. */
static void check_unfree(unsigned between) {
  struct builder *b = begin("unfree.seep");
  builder_alloc(b, 1, 2000, 0x7000, 64, 1);
  put_unfree(b, SEEP_KIND_FREE, 2001);
  builder_drain(b, 1);
  for (unsigned i = 0; i < between; i++)
    builder_alloc(b, 1, 2002 + i, 0x10000 + 16 * i, 8, 1);
  put_unfree(b, SEEP_KIND_UNFREE, 2500);
  put_unfree(b, SEEP_KIND_FREE, 2600);
  builder_drain_records(b, 1);
  builder_close(b);
  struct reading reading = reading_of(reading_path("unfree.seep"));
  assert_int_equal(reading.event_count, 2 + between);
  assert_int_equal(reading.events[0].kind, SEEP_KIND_ALLOC);
  assert_int_equal(reading.events[1 + between].kind, SEEP_KIND_FREE);
  assert_int_equal(reading.events[1 + between].stamp, 2600);
  assert_int_equal(reading.trace->damage_count, 0);
  reading_free(&reading);
}

static void unfree_takes_back_over_blocks_and_noise(void **state) {
  (void)state;
  check_unfree(0);
  check_unfree(1);
  check_unfree(50);
}

static void unfree_without_free_is_damage(void **state) {
  struct builder *b = begin("alone.seep");
  (void)state;
  put_unfree(b, SEEP_KIND_UNFREE, 2500);
  builder_drain(b, 1);
  builder_close(b);
  struct reading reading = reading_of(reading_path("alone.seep"));
  assert_int_equal(reading.event_count, 0);
  assert_int_equal(reading.trace->damage_count, 1);
  assert_int_equal(trace_replay(reading.trace, &(struct trace_visitor){0}, NULL, NULL), TRACE_OK);
  assert_int_equal(reading.trace->damage_count, 1); /* said once */
  reading_free(&reading);
}

static void wide_size_in_the_next_block(void **state) {
  struct seep_record records[] = {
      {2000, 0x7000 | (uint64_t)SEEP_KIND_ALLOC << SEEP_KIND_SHIFT, SEEP_SIZE_WIDE},
      {2000, (uint64_t)SEEP_KIND_WIDE << SEEP_KIND_SHIFT, 7ull << 32}};
  struct seep_frame head = {.type = SEEP_FRAME_RECORDS,
                            .thread = 1,
                            .first_stamp = 2000,
                            .last_stamp = 2000,
                            .record_count = 1};
  struct builder *b = begin("wide.seep");
  (void)state;
  builder_frame(b, &head, &records[0], sizeof *records);
  head.first_sequence = 1;
  builder_frame(b, &head, &records[1], sizeof *records);
  builder_close(b);
  struct reading reading = reading_of(reading_path("wide.seep"));
  assert_int_equal(reading.event_count, 1);
  assert_true(reading.events[0].size == 7ull << 32);
  reading_free(&reading);
}

/* ---- Losses, doubles --------------------------------------------------------------------------*/

static void gaps_and_totals_are_not_counted_twice(void **state) {
  struct builder *b = begin("gap.seep");
  (void)state;
  builder_alloc(b, 1, 2000, 0x10, 1, 1);
  builder_drain(b, 1);
  builder_skip(b, 1, 70);
  builder_loss(b, SEEP_LOSS_WRITE, 60, 2500);
  builder_alloc(b, 1, 3000, 0x20, 1, 1);
  builder_drain(b, 1);
  builder_end(b, 5000, &(struct builder_state){.lost_events = 60, .unrecorded_events = 4});
  builder_close(b);
  struct reading reading = reading_of(reading_path("gap.seep"));
  assert_int_equal(reading.trace->counters.lost_events, 70);
  assert_int_equal(reading.trace->counters.unrecorded_events, 4);
  assert_int_equal(reading.trace->state, TRACE_ENDED);
  reading_free(&reading);
}

static void blocks_in_any_order_and_twice(void **state) {
  struct seep_record records[10] = {{0}};
  struct builder *b = begin("order.seep");
  static const struct { unsigned first, count; } parts[] = {{5, 5}, {0, 3}, {2, 4}, {0, 3}, {4, 2}};
  (void)state;
  for (unsigned i = 0; i < 10; i++)
    records[i] = (struct seep_record){
        2000 + i, i * 16 | (uint64_t)SEEP_KIND_ALLOC << SEEP_KIND_SHIFT, 8 | 1ull << 32};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    struct seep_frame head = {.type = SEEP_FRAME_RECORDS,
                              .thread = 1,
                              .first_sequence = parts[i].first,
                              .record_count = parts[i].count};
    builder_contexts(b);
    builder_frame(b, &head, &records[parts[i].first], parts[i].count * sizeof *records);
  }
  builder_close(b);
  struct reading reading = reading_of(reading_path("order.seep"));
  assert_int_equal(reading.event_count, 10);
  assert_int_equal(reading.trace->record_count, 10);
  assert_int_equal(reading.trace->counters.lost_events, 0);
  for (size_t i = 0; i < 10; i++)
    assert_int_equal(reading.events[i].address, i * 16);
  reading_free(&reading);
}

static void sequence_at_the_limit_is_damage(void **state) {
  struct seep_record record = {1, (uint64_t)SEEP_KIND_ALLOC << SEEP_KIND_SHIFT, 8};
  struct seep_frame head = {
      .type = SEEP_FRAME_RECORDS, .thread = 1, .first_sequence = UINT64_MAX, .record_count = 1};
  struct builder *b = begin("limit.seep");
  (void)state;
  builder_frame(b, &head, &record, sizeof record);
  builder_close(b);
  struct reading reading = reading_of(reading_path("limit.seep"));
  assert_int_equal(reading.event_count, 0);
  assert_int_equal(reading.trace->damage_count, 1);
  assert_int_equal(reading.trace->counters.lost_events, 0);
  reading_free(&reading);
}

/* ---- Damage -----------------------------------------------------------------------------------*/

static uint64_t make_small(const char *name) {
  struct builder *b = begin(name);
  builder_thread(b, 1, 5, "main", 1000, 0);
  builder_alloc(b, 1, 2000, 0x10, 1, 1);
  builder_drain(b, 1);
  builder_mark(b, SEEP_MARK_LABEL, "m", 0, 2500);
  builder_alloc(b, 1, 3000, 0x20, 2, 2);
  builder_drain(b, 1);
  builder_end(b, 5000, NULL);
  uint64_t bytes = builder_offset(b);
  builder_close(b);
  return bytes;
}

/* Whatever byte is wrong: the trace opens, says so, and gives all but what the byte is in. */
static void any_byte_may_be_wrong(void **state) {
  uint64_t bytes = make_small("byte.seep");
  (void)state;
  for (uint64_t at = 0; at < bytes; at++) {
    builder_flip(reading_path("byte.seep"), at);
    struct reading reading = reading_of(reading_path("byte.seep"));
    assert_int_equal(reading.status, TRACE_OK);
    assert_true(reading.trace->damage_count >= 1);
    assert_true(reading.trace->damages[0].offset <= at || !reading.trace->damages[0].bytes);
    assert_true(reading.event_count >= 1);
    reading_free(&reading);
    builder_flip(reading_path("byte.seep"), at);
  }
}

static void any_end_may_be_missing(void **state) {
  uint64_t bytes = make_small("cut.seep");
  struct trace *trace;
  (void)state;
  while (--bytes >= 64) {
    builder_truncate(reading_path("cut.seep"), bytes);
    enum trace_status status = trace_open(reading_path("cut.seep"), &trace, NULL);
    if (status == TRACE_NOT_A_TRACE)
      break; /* not even the first frame is left */
    assert_int_equal(status, TRACE_OK);
    assert_int_equal(trace->state, TRACE_NO_STAGE);
    trace_close(trace);
  }
  assert_true(bytes < 500);
}

static void a_file_that_shrinks_is_no_crash(void **state) {
  struct builder *b = begin("shrink.seep");
  struct trace *trace;
  (void)state;
  for (uint64_t i = 0; i < 2000; i++)
    builder_alloc(b, 1, 2000 + i, i * 16, 1, 1);
  uint64_t start = builder_offset(b);
  builder_drain(b, 1);
  builder_close(b);
  assert_int_equal(trace_open(reading_path("shrink.seep"), &trace, NULL), TRACE_OK);
  builder_truncate(reading_path("shrink.seep"), start + 100);
  assert_true(trace_changed(trace));
  assert_int_equal(trace_replay(trace, &(struct trace_visitor){0}, NULL, NULL), TRACE_OK);
  assert_int_equal(trace->damage_count, 1);
  assert_int_equal(trace->counters.lost_events, 2000);
  trace_close(trace);
}

/* A little file that claims 64 MiB for each of many threads must not get them all. */
static void memory_is_bounded_by_the_file(void **state) {
  struct builder *b = begin("bomb.seep");
  const size_t bytes = SEEP_PAYLOAD_LIMIT;
  struct seep_frame head = {.type = SEEP_FRAME_EVENTS, .first_stamp = 2000};
  uint8_t *payload = calloc(1, bytes);
  struct seep_events_head *events = (struct seep_events_head *)payload;
  (void)state;
  assert_non_null(payload);
  events->survivor_count = head.survivor_count = head.record_count = 1000000;
  events->column_bytes[SEEP_COLUMN_KINDS] = events->survivor_count;
  events->column_bytes[SEEP_COLUMN_STAMPS] = (uint32_t)(bytes - sizeof *events - 1000000);
  memset(payload + sizeof *events, SEEP_KIND_FREE, 1000000);
  builder_compress(b, true);
  for (head.thread = 1; head.thread <= 12; head.thread++)
    builder_frame(b, &head, payload, bytes);
  builder_close(b);
  free(payload);
  struct trace *trace;
  assert_int_equal(trace_open(reading_path("bomb.seep"), &trace, NULL), TRACE_OK);
  assert_int_equal(trace_replay(trace, &(struct trace_visitor){0}, NULL, NULL), TRACE_OK);
  assert_true(trace->damage_count >= 4);
  trace_close(trace);
}

static int clean(void **state) {
  (void)state;
  reading_clean();
  return 0;
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_no_trace_is_told_apart),
      cmocka_unit_test(process_is_read),
      cmocka_unit_test(many_threads_merge_in_order),
      cmocka_unit_test(replay_can_be_repeated_and_stopped),
      cmocka_unit_test(progress_stops_the_replay),
      cmocka_unit_test(sums_come_before_their_events),
      cmocka_unit_test(unfree_takes_back_over_blocks_and_noise),
      cmocka_unit_test(unfree_without_free_is_damage),
      cmocka_unit_test(wide_size_in_the_next_block),
      cmocka_unit_test(gaps_and_totals_are_not_counted_twice),
      cmocka_unit_test(blocks_in_any_order_and_twice),
      cmocka_unit_test(sequence_at_the_limit_is_damage),
      cmocka_unit_test(any_byte_may_be_wrong),
      cmocka_unit_test(any_end_may_be_missing),
      cmocka_unit_test(a_file_that_shrinks_is_no_crash),
      cmocka_unit_test(memory_is_bounded_by_the_file),
  };
  return cmocka_run_group_tests(tests, NULL, clean);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Traces with a stage: of running and of dead targets; marks, folding, finding a trace by pid.
 */
#include "builder.h"
#include "reading.h"
#include "trace/clock.h"
#include <seep/checksum.h>

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char *stage_path(const char *name) {
  static char path[600];
  snprintf(path, sizeof path, "%s.stage", reading_path(name));
  return path;
}

/* One block in the file, the rest in the stage only: events of two threads, one of which the file
 * does not know, contexts, a wide size. */
static void make_dead(const char *name) {
  struct builder *b = builder_new(reading_path(name));
  builder_process(b, NULL);
  builder_module(b, 1, "/usr/bin/demo", 0, NULL, 0);
  builder_context(b, 1, 0, 1, 0x1000, 0);
  builder_thread(b, 1, 5, "main", 1000, 0);
  builder_alloc(b, 1, 2000, 0x10, 1, 1);
  builder_drain(b, 1);
  builder_context(b, 2, 1, 1, 0x2000, 0);
  builder_context(b, 3, 2, 1, 0x3000, SEEP_CONTEXT_GUESS);
  builder_alloc(b, 1, 3000, 0x20, 5ull << 32, 3);
  builder_free(b, 1, 3100, 0x10);
  builder_alloc(b, 7, 3050, 0x30, 3, 2);
  builder_stage(b, &(struct builder_stage){.captures = 3,
                                           .last_stamp = 4000,
                                           .last_monotonic_ns = 4000,
                                           .lost_events = 9,
                                           .unrecorded_events = 4});
  /* The stage's contexts must not get into the file when the builder closes. */
  uint64_t bytes = builder_offset(b);
  builder_close(b);
  builder_truncate(reading_path(name), bytes);
}

static void dead_target_is_read_with_its_stage(void **state) {
  (void)state;
  make_dead("dead.seep");
  struct reading reading = reading_of(reading_path("dead.seep"));
  struct trace *trace = reading.trace;
  assert_int_equal(trace->state, TRACE_DIED);
  assert_int_equal(reading.event_count, 4);
  assert_int_equal(trace->damage_count, 0);
  assert_int_equal(trace->record_count, 5);
  assert_int_equal(trace->last_stamp, 3100);
  assert_int_equal(trace->counters.lost_events, 9);
  assert_int_equal(trace->counters.captures, 3);
  assert_int_equal(trace->thread_count, 3);
  assert_string_equal(trace->threads[1].name, "main"); /* the frame's, not the slot's */
  assert_string_equal(trace->threads[2].name, "slot-7");
  assert_int_equal(trace->threads[2].tid, 1007);
  assert_true(reading.events[1].size == 5ull << 32);
  uint32_t context = reading.events[1].context;
  assert_int_equal(trace->contexts[context].offset, 0x3000);
  assert_int_equal(trace->contexts[context].flags, SEEP_CONTEXT_GUESS);
  assert_false(trace_changed(trace));
  reading_free(&reading);
}

static void stage_of_another_trace_is_left_alone(void **state) {
  struct builder *b = builder_new(reading_path("other.seep"));
  (void)state;
  builder_process(b, NULL);
  builder_alloc(b, 1, 2000, 0x10, 1, 0);
  builder_stage(b, &(struct builder_stage){.other_identity = true});
  builder_close(b);
  struct reading reading = reading_of(reading_path("other.seep"));
  assert_int_equal(reading.trace->state, TRACE_NO_STAGE);
  assert_int_equal(reading.event_count, 0);
  reading_free(&reading);
  assert_int_equal(trace_fold(reading_path("other.seep"), NULL), TRACE_OK);
  assert_int_equal(access(stage_path("other.seep"), F_OK), 0);
}

/* Any 8 bytes of a stage's parts may be anything. */
static void damaged_stages_are_survived(void **state) {
  struct stat status;
  (void)state;
  make_dead("hostile.seep");
  assert_int_equal(stat(stage_path("hostile.seep"), &status), 0);
  int fd = open(stage_path("hostile.seep"), O_RDWR);
  for (off_t at = 0; at < status.st_size; at += at % SEEP_STAGE_GRAIN < 256 ? 8 : 4096) {
    uint64_t good, bad = UINT64_MAX;
    assert_int_equal(pread(fd, &good, 8, at), 8);
    assert_int_equal(pwrite(fd, &bad, 8, at), 8);
    struct reading reading = reading_of(reading_path("hostile.seep"));
    assert_true(reading.event_count >= 1);
    reading_free(&reading);
    assert_int_equal(pwrite(fd, &good, 8, at), 8);
  }
  close(fd);
}

/* ---- Folding ----------------------------------------------------------------------------------*/

static void *slurp(const char *path, size_t *bytes) {
  int fd = open(path, O_RDONLY);
  struct stat status;
  assert_true(fd >= 0 && fstat(fd, &status) == 0);
  *bytes = (size_t)status.st_size;
  void *data = malloc(*bytes + 1);
  assert_non_null(data);
  assert_int_equal(read(fd, data, *bytes), *bytes);
  close(fd);
  return data;
}

static void spill(const char *path, const void *data, size_t bytes) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  assert_true(fd >= 0 && write(fd, data, bytes) == (ssize_t)bytes);
  close(fd);
}

static void assert_folded_same(const char *name, const struct reading *before) {
  assert_int_equal(trace_fold(reading_path(name), NULL), TRACE_OK);
  assert_int_equal(access(stage_path(name), F_OK), -1);
  struct reading after = reading_of(reading_path(name));
  assert_true(reading_same(before, &after));
  assert_int_equal(after.trace->state, TRACE_DIED);
  assert_int_equal(after.trace->record_count, before->trace->record_count);
  assert_int_equal(after.trace->last_stamp, before->trace->last_stamp);
  assert_int_equal(after.trace->counters.lost_events, before->trace->counters.lost_events);
  assert_int_equal(after.trace->counters.unrecorded_events,
                   before->trace->counters.unrecorded_events);
  assert_int_equal(after.trace->thread_count, before->trace->thread_count);
  assert_string_equal(after.trace->threads[2].name, before->trace->threads[2].name);
  assert_int_equal(after.trace->context_count, before->trace->context_count);
  assert_true(after.trace->process.ticks_per_second == before->trace->process.ticks_per_second);
  reading_free(&after);
}

static void folded_trace_reads_the_same(void **state) {
  (void)state;
  make_dead("fold.seep");
  struct reading before = reading_of(reading_path("fold.seep"));
  assert_folded_same("fold.seep", &before);
  assert_int_equal(trace_fold(reading_path("fold.seep"), NULL), TRACE_OK); /* nothing to do */
  reading_free(&before);
}

/* A folder that was killed after any byte it wrote: the next one makes it whole. */
static void fold_may_be_interrupted_anywhere(void **state) {
  size_t plain_bytes, stage_bytes, folded_bytes;
  (void)state;
  make_dead("killed.seep");
  struct reading before = reading_of(reading_path("killed.seep"));
  void *stage = slurp(stage_path("killed.seep"), &stage_bytes);
  free(slurp(reading_path("killed.seep"), &plain_bytes));
  assert_int_equal(trace_fold(reading_path("killed.seep"), NULL), TRACE_OK);
  void *folded = slurp(reading_path("killed.seep"), &folded_bytes);
  assert_true(folded_bytes > plain_bytes + 300);
  for (size_t cut = plain_bytes; cut <= folded_bytes; cut += 7) {
    spill(reading_path("killed.seep"), folded, cut);
    spill(stage_path("killed.seep"), stage, stage_bytes);
    struct reading between = reading_of(reading_path("killed.seep"));
    assert_true(reading_same(&before, &between));
    reading_free(&between);
    assert_folded_same("killed.seep", &before);
  }
  reading_free(&before);
  free(folded);
  free(stage);
}

static void folders_at_once_fold_once(void **state) {
  enum { FOLDERS = 6 };
  (void)state;
  make_dead("race.seep");
  struct reading before = reading_of(reading_path("race.seep"));
  for (int i = 0; i < FOLDERS; i++)
    if (fork() == 0)
      _exit(trace_fold(reading_path("race.seep"), NULL) == TRACE_OK ? 0 : 1);
  for (int i = 0, status; i < FOLDERS; i++)
    assert_true(wait(&status) > 0 && status == 0);
  struct reading after = reading_of(reading_path("race.seep"));
  assert_true(reading_same(&before, &after));
  assert_int_equal(after.trace->damage_count, 0);
  reading_free(&after);
  reading_free(&before);
}

/* ---- A running target -------------------------------------------------------------------------
 * A child plays the recorder: it appends records to a slot of the stage, and drains the slot into
 * the trace when it is full, as fast as it can. Record number n has address n. */

#define TARGET_TICKS 40000 /* between two records: or the trace would grow too fast to be read */

struct target {
  pid_t pid;
  struct seep_stage *stage; /* mapped by the parent */
};

static void target_drain(int fd, const struct seep_crc32 *crc, struct seep_slot *slot) {
  struct seep_frame head = {
      .magic = SEEP_FRAME_MAGIC,
      .type = SEEP_FRAME_RECORDS,
      .first_stamp = slot->records[0].stamp,
      .last_stamp = slot->records[slot->committed - slot->drained - 1].stamp,
      .first_sequence = slot->drained,
      .record_count = (uint32_t)(slot->committed - slot->drained),
      .thread = 1,
  };
  char frame[sizeof head + SEEP_STAGE_GRAIN];
  head.stored_bytes = head.plain_bytes = head.record_count * (uint32_t)sizeof *slot->records;
  head.payload_crc = seep_crc32(crc, slot->records, head.stored_bytes);
  head.header_crc = seep_crc32(crc, &head, offsetof(struct seep_frame, header_crc));
  memcpy(frame, &head, sizeof head);
  memcpy(frame + sizeof head, slot->records, head.stored_bytes);
  if (write(fd, frame, sizeof head + head.stored_bytes) < 0)
    _exit(1);
  __atomic_store_n(&slot->drained, slot->committed, __ATOMIC_RELEASE);
}

/* Until it is killed, or whoever would kill it is gone. */
static void target_run(const char *path, int stage_fd, pid_t parent) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
  struct seep_crc32 crc;
  int fd = open(path, O_WRONLY | O_APPEND);
  char *map = mmap(NULL, 2 * SEEP_STAGE_GRAIN, PROT_READ | PROT_WRITE, MAP_SHARED, stage_fd, 0);
  struct seep_slot *slot = (struct seep_slot *)(map + SEEP_STAGE_GRAIN);
  seep_crc32_init(&crc);
  if (fd < 0 || map == MAP_FAILED || fcntl(stage_fd, F_OFD_SETLK, &lock) != 0)
    _exit(1);
  ((struct seep_stage *)map)->drains = 1; /* ready */
  for (uint64_t n = 0; getppid() == parent; n++) {
    uint64_t next = clock_now(SEEP_CLOCK_TSC) + TARGET_TICKS;
    while (clock_now(SEEP_CLOCK_TSC) < next)
      ;
    if (slot->committed - slot->drained == 300)
      target_drain(fd, &crc, slot);
    slot->records[n - slot->drained] = (struct seep_record){
        clock_now(SEEP_CLOCK_TSC), n | (uint64_t)SEEP_KIND_ALLOC << SEEP_KIND_SHIFT, 8};
    __atomic_store_n(&slot->committed, n + 1, __ATOMIC_RELEASE);
  }
  _exit(0);
}

static void target_make(const char *name) {
  struct builder *b = builder_new(reading_path(name));
  builder_process(b, &(struct builder_process){.stamp = clock_now(SEEP_CLOCK_TSC)});
  builder_thread(b, 1, 5, "main", 1000, 0);
  builder_close(b);
  char *stage = calloc(2, SEEP_STAGE_GRAIN);
  assert_non_null(stage);
  struct seep_stage *head = (struct seep_stage *)stage;
  struct seep_slot *slot = (struct seep_slot *)(stage + SEEP_STAGE_GRAIN);
  *head = (struct seep_stage){.magic = SEEP_STAGE_MAGIC, .version = SEEP_FORMAT_VERSION};
  for (int i = 0; i < 16; i++)
    head->trace_id[i] = (uint8_t)(i + 1);
  *slot = (struct seep_slot){.magic = SEEP_SLOT_MAGIC, .bytes = SEEP_STAGE_GRAIN, .thread = 1};
  spill(stage_path(name), stage, 2 * SEEP_STAGE_GRAIN);
  free(stage);
}

static struct target target_start(const char *name) {
  struct target target;
  pid_t self = getpid();
  target_make(name);
  int fd = open(stage_path(name), O_RDWR);
  assert_true(fd >= 0);
  target.stage = mmap(NULL, SEEP_STAGE_GRAIN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  assert_true(target.stage != MAP_FAILED);
  target.pid = fork();
  if (target.pid == 0)
    target_run(reading_path(name), fd, self);
  close(fd);
  while (!__atomic_load_n(&target.stage->drains, __ATOMIC_ACQUIRE))
    usleep(100);
  return target;
}

static void target_kill(struct target *target) {
  kill(target->pid, SIGKILL);
  waitpid(target->pid, NULL, 0);
  munmap(target->stage, SEEP_STAGE_GRAIN);
}

static void assert_prefix(const struct reading *reading) {
  for (size_t i = 0; i < reading->event_count; i++)
    assert_int_equal(reading->events[i].address, i);
  assert_int_equal(reading->trace->counters.lost_events, 0);
  assert_int_equal(reading->trace->damage_count, 0);
}

static void running_target_is_read_without_gap_or_double(void **state) {
  size_t before = 0;
  (void)state;
  struct target target = target_start("live.seep");
  for (int i = 0; i < 40 || before <= 300; i++) { /* it has drained at least once then */
    struct reading reading = reading_of(reading_path("live.seep"));
    assert_int_equal(reading.trace->state, TRACE_RUNNING);
    assert_prefix(&reading);
    assert_true(reading.event_count >= before);
    for (int ms = 0; !trace_changed(reading.trace); ms++) {
      assert_true(ms < 10000); /* the target may have to wait for a CPU */
      usleep(1000);
    }
    before = reading.event_count;
    reading_free(&reading);
  }
  assert_int_equal(trace_fold(reading_path("live.seep"), NULL), TRACE_OK); /* does nothing */
  assert_int_equal(access(stage_path("live.seep"), F_OK), 0);
  target_kill(&target);
  struct reading dead = reading_of(reading_path("live.seep"));
  assert_int_equal(dead.trace->state, TRACE_DIED);
  assert_prefix(&dead);
  assert_true(dead.event_count >= before);
  assert_int_equal(trace_fold(reading_path("live.seep"), NULL), TRACE_OK);
  struct reading folded = reading_of(reading_path("live.seep"));
  assert_true(reading_same(&dead, &folded));
  reading_free(&folded);
  reading_free(&dead);
}

/* What the target appends shows at once: in what waits, and after a drain in what does not. */
static void running_target_has_a_pulse(void **state) {
  (void)state;
  struct target target = target_start("pulse.seep");
  struct reading reading = reading_of(reading_path("pulse.seep"));
  struct trace_pulse pulse;
  uint64_t before = 0;
  for (int ms = 0;; ms++) {
    assert_true(ms < 20000); /* the target may have to wait for a CPU */
    assert_true(trace_pulse(reading.trace, &pulse));
    assert_true(pulse.running);
    assert_true(pulse.waiting <= SEEP_STAGE_GRAIN / sizeof(struct seep_record));
    if (pulse.waiting < before)
      break;
    before = pulse.waiting;
    usleep(1000);
  }
  target_kill(&target);
  assert_true(trace_pulse(reading.trace, &pulse));
  assert_false(pulse.running);
  assert_int_equal(unlink(stage_path("pulse.seep")), 0);
  assert_false(trace_pulse(reading.trace, &pulse));
  reading_free(&reading);
}

static void running_target_is_found_by_pid(void **state) {
  char path[600], small[4];
  (void)state;
  struct target target = target_start("pid.seep");
  assert_int_equal(trace_of_pid((uint64_t)target.pid, path, sizeof path, NULL), TRACE_OK);
  assert_string_equal(path, reading_path("pid.seep"));
  assert_int_equal(trace_of_pid((uint64_t)target.pid, small, sizeof small, NULL), TRACE_NOT_FOUND);
  target_kill(&target);
  assert_int_equal(trace_of_pid((uint64_t)target.pid, path, sizeof path, NULL), TRACE_NOT_FOUND);
  assert_int_equal(trace_of_pid(1u << 30, path, sizeof path, NULL), TRACE_NOT_FOUND);
}

/* ---- Marks ------------------------------------------------------------------------------------*/

static void marks_on_a_running_target(void **state) {
  (void)state;
  struct target target = target_start("mark.seep");
  const char *path = reading_path("mark.seep");
  uint64_t before = clock_now(SEEP_CLOCK_TSC);
  assert_int_equal(trace_mark(path, SEEP_MARK_LABEL, "warm", 7, NULL), TRACE_OK);
  assert_int_equal(target.stage->control, SEEP_CONTROL_RECORD);
  assert_int_equal(trace_mark(path, SEEP_MARK_PAUSE, "", 0, NULL), TRACE_OK);
  assert_int_equal(target.stage->control, SEEP_CONTROL_PAUSE);
  assert_int_equal(trace_mark(path, SEEP_MARK_RESUME, "", 0, NULL), TRACE_OK);
  assert_int_equal(target.stage->control, SEEP_CONTROL_RECORD);
  uint64_t after = clock_now(SEEP_CLOCK_TSC);
  assert_int_equal(target.stage->mark_count, 3);
  assert_int_equal(target.stage->mark_pending, 0);
  struct reading reading = reading_of(path);
  assert_int_equal(reading.trace->mark_count, 3);
  const struct trace_mark *marks = reading.trace->marks;
  assert_true(before < marks[0].stamp && marks[0].stamp < marks[1].stamp);
  assert_true(marks[1].stamp < marks[2].stamp && marks[2].stamp < after);
  for (int i = 0; i < 3; i++)
    assert_true(target.stage->marks[i] == marks[i].stamp);
  assert_string_equal(marks[0].label, "warm");
  assert_int_equal(marks[0].units, 7);
  assert_int_equal(marks[1].kind, SEEP_MARK_PAUSE);
  assert_prefix(&reading);
  reading_free(&reading);
  target.stage->control = SEEP_CONTROL_CLOSED;
  assert_int_equal(trace_mark(path, SEEP_MARK_PAUSE, "", 0, NULL), TRACE_OK);
  assert_int_equal(target.stage->control, SEEP_CONTROL_CLOSED);
  target_kill(&target);
}

static void marks_at_once_are_all_listed(void **state) {
  enum { MARKERS = 8, EACH = 5 };
  (void)state;
  struct target target = target_start("marks.seep");
  for (int i = 0; i < MARKERS; i++)
    if (fork() == 0) {
      for (int k = 0; k < EACH; k++)
        if (trace_mark(reading_path("marks.seep"), SEEP_MARK_LABEL, "x", 0, NULL) != TRACE_OK)
          _exit(1);
      _exit(0);
    }
  for (int i = 0, status; i < MARKERS; i++)
    assert_true(wait(&status) > 0 && status == 0);
  assert_int_equal(target.stage->mark_count, MARKERS * EACH);
  struct reading reading = reading_of(reading_path("marks.seep"));
  assert_int_equal(reading.trace->mark_count, MARKERS * EACH);
  assert_prefix(&reading);
  for (int i = 0; i < MARKERS * EACH; i++)
    assert_true(reading.trace->marks[i].stamp == target.stage->marks[i]);
  reading_free(&reading);
  target_kill(&target);
}

static void marks_on_a_finished_trace_stand_behind_it(void **state) {
  struct trace_error error;
  struct builder *b = builder_new(reading_path("finished.seep"));
  (void)state;
  builder_process(b, NULL);
  builder_end(b, 1ull << 62, NULL); /* a clock far ahead of ours */
  builder_close(b);
  const char *path = reading_path("finished.seep");
  assert_int_equal(trace_mark(path, SEEP_MARK_LABEL, "late", 0, &error), TRACE_OK);
  assert_int_equal(trace_mark(path, SEEP_MARK_PAUSE, "", 0, &error), TRACE_WRITE);
  struct reading reading = reading_of(path);
  assert_int_equal(reading.trace->mark_count, 1);
  assert_true(reading.trace->marks[0].stamp > 1ull << 62);
  assert_true(reading.trace->last_stamp == 1ull << 62);
  assert_int_equal(reading.trace->state, TRACE_ENDED);
  reading_free(&reading);
}

static void marks_need_a_trace(void **state) {
  struct trace_error error;
  (void)state;
  spill(reading_path("text"), "text", 4);
  assert_int_equal(trace_mark(reading_path("text"), SEEP_MARK_LABEL, "x", 0, &error),
                   TRACE_NOT_A_TRACE);
  assert_int_equal(trace_mark("/nonexistent/x", SEEP_MARK_LABEL, "x", 0, &error), TRACE_NOT_FOUND);
  size_t bytes;
  free(slurp(reading_path("text"), &bytes));
  assert_int_equal(bytes, 4);
  char *link = strdup(reading_path("link.seep"));
  assert_int_equal(symlink("finished.seep", link), 0);
  assert_int_equal(trace_mark(link, SEEP_MARK_LABEL, "x", 0, &error), TRACE_WRITE);
  free(link);
}

static int clean(void **state) {
  (void)state;
  reading_clean();
  return 0;
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(dead_target_is_read_with_its_stage),
      cmocka_unit_test(stage_of_another_trace_is_left_alone),
      cmocka_unit_test(damaged_stages_are_survived),
      cmocka_unit_test(folded_trace_reads_the_same),
      cmocka_unit_test(fold_may_be_interrupted_anywhere),
      cmocka_unit_test(folders_at_once_fold_once),
      cmocka_unit_test(running_target_is_read_without_gap_or_double),
      cmocka_unit_test(running_target_has_a_pulse),
      cmocka_unit_test(running_target_is_found_by_pid),
      cmocka_unit_test(marks_on_a_running_target),
      cmocka_unit_test(marks_at_once_are_all_listed),
      cmocka_unit_test(marks_on_a_finished_trace_stand_behind_it),
      cmocka_unit_test(marks_need_a_trace),
  };
  return cmocka_run_group_tests(tests, NULL, clean);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "weather.h"
#include "watch.h"

#include <fcntl.h>
#include <pthread.h>
#include <seep/stage.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>

#define PAUSE_US 300 /* between two changes */

static struct race_truth *truth;
static struct seep_stage *stage; /* our own mapping */
static int stage_file;
static _Atomic bool over;
static pthread_t threads[3];
static unsigned count;

static bool goes_on(void) {
  usleep(PAUSE_US);
  return !atomic_load_explicit(&over, memory_order_relaxed);
}

/* As stage.h says; but the trace gets no frame. */
static void put_mark(void) {
  __atomic_store_n(&stage->mark_pending, __rdtsc(), __ATOMIC_SEQ_CST);
  uint64_t stamp = __rdtsc();
  uint32_t index = __atomic_load_n(&stage->mark_count, __ATOMIC_RELAXED);
  __atomic_store_n(&stage->marks[index % SEEP_STAGE_MARKS], stamp, __ATOMIC_RELEASE);
  __atomic_store_n(&stage->mark_count, index + 1, __ATOMIC_SEQ_CST);
  __atomic_store_n(&stage->mark_pending, 0, __ATOMIC_SEQ_CST);
  uint32_t mark = atomic_fetch_add_explicit(&truth->marks, 1, memory_order_relaxed);
  if (mark < RACE_MARKS)
    atomic_store_explicit(&truth->mark[mark], stamp, memory_order_relaxed);
}

static void *put_marks(void *unused) {
  (void)unused;
  while (goes_on())
    put_mark();
  return NULL;
}

static void steer(uint32_t from, uint32_t to) {
  __atomic_compare_exchange_n(&stage->control, &from, to, false, __ATOMIC_SEQ_CST,
                              __ATOMIC_RELAXED);
}

static void *pause_and_resume(void *unused) {
  (void)unused;
  while (goes_on()) {
    steer(SEEP_CONTROL_RECORD, SEEP_CONTROL_PAUSE);
    goes_on();
    steer(SEEP_CONTROL_PAUSE, SEEP_CONTROL_RECORD);
  }
  return NULL;
}

static void *read_slots(void *unused) {
  (void)unused;
  while (goes_on())
    watch_slots(stage_file);
  return NULL;
}

static void open_stage(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s%s", getenv("SEEP_OUT"), SEEP_STAGE_SUFFIX);
  stage_file = open(path, O_RDWR | O_CLOEXEC);
  stage = mmap(NULL, SEEP_STAGE_GRAIN, PROT_READ | PROT_WRITE, MAP_SHARED, stage_file, 0);
  if (stage_file < 0 || stage == MAP_FAILED || stage->magic != SEEP_STAGE_MAGIC) {
    fprintf(stderr, "race: %s: no stage\n", path);
    exit(2);
  }
}

static void begin(bool wanted, void *(*run)(void *)) {
  if (wanted && pthread_create(&threads[count], NULL, run, NULL) == 0)
    count++;
}

void weather_start(const struct plan *plan, struct race_truth *written) {
  truth = written;
  if (!(plan->flags & (PLAN_MARKS | PLAN_PAUSES | PLAN_WATCH)))
    return;
  open_stage();
  begin(plan->flags & PLAN_MARKS, put_marks);
  begin(plan->flags & PLAN_PAUSES, pause_and_resume);
  begin(plan->flags & PLAN_WATCH, read_slots);
}

void weather_end(void) {
  atomic_store_explicit(&over, true, memory_order_relaxed);
  while (count)
    pthread_join(threads[--count], NULL);
}

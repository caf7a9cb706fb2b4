/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[64];

const char *reading_path(const char *name) {
  static char path[512];
  if (!directory[0]) {
    strcpy(directory, "/tmp/seep-trace-XXXXXX");
    assert_non_null(mkdtemp(directory));
  }
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return path;
}

void reading_clean(void) {
  DIR *dir = directory[0] ? opendir(directory) : NULL;
  struct dirent *entry;
  while (dir && (entry = readdir(dir)))
    unlink(reading_path(entry->d_name));
  if (dir)
    closedir(dir);
  rmdir(directory);
}

static void take_events(void *data, const struct trace_event *events, size_t count) {
  struct reading *reading = data;
  size_t before = reading->event_count;
  assert_true(count > 0);
  reading->events = realloc(reading->events, (before + count) * sizeof *events);
  assert_non_null(reading->events);
  memcpy(reading->events + before, events, count * sizeof *events);
  reading->event_count += count;
  for (size_t i = before ? before : 1; i < reading->event_count; i++)
    assert_true(reading->events[i - 1].stamp <= reading->events[i].stamp);
}

static void take_block(void *data, const struct trace_block *block) {
  struct reading *reading = data;
  reading->block_count++;
  reading->pairs += block->pair_count;
}

static void take_sums(void *data, const struct trace_sums *sums) {
  struct reading *reading = data;
  uint64_t in_lifetimes = 0, in_sizes = 0;
  for (int i = 0; i < TRACE_LIFETIMES; i++)
    in_lifetimes += sums->lifetimes[i];
  for (int i = 0; i < TRACE_SIZES; i++)
    in_sizes += sums->sizes[i];
  assert_int_equal(in_lifetimes, sums->pairs);
  assert_int_equal(in_sizes, sums->pairs);
  assert_true(sums->context < reading->trace->context_count);
  reading->pairs -= sums->pairs; /* of its block: they add up to 0 */
  reading->temporary += sums->temporary;
}

static bool take_progress(void *data, double share) {
  struct reading *reading = data;
  assert_true(share >= 0 && share <= 1);
  return ++reading->progress_count != reading->stop_after;
}

struct reading reading_of(const char *path) {
  static const struct trace_visitor visitor = {take_block, take_events, take_sums, take_progress};
  struct reading reading = {0};
  struct trace_error error;
  assert_int_equal(trace_open(path, &reading.trace, &error), TRACE_OK);
  reading.status = trace_replay(reading.trace, &visitor, &reading, &error);
  return reading;
}

void reading_free(struct reading *reading) {
  free(reading->events);
  trace_close(reading->trace);
}

static bool reading_same_path(const struct trace *a, uint32_t at, const struct trace *b,
                              uint32_t bt) {
  for (; at && bt; at = a->contexts[at].parent, bt = b->contexts[bt].parent) {
    const struct trace_context *x = &a->contexts[at], *y = &b->contexts[bt];
    if (x->offset != y->offset || x->module != y->module || x->flags != y->flags)
      return false;
  }
  return at == bt;
}

bool reading_same(const struct reading *a, const struct reading *b) {
  if (a->event_count != b->event_count)
    return false;
  for (size_t i = 0; i < a->event_count; i++) {
    const struct trace_event *x = &a->events[i], *y = &b->events[i];
    if (x->stamp != y->stamp || x->address != y->address || x->size != y->size ||
        x->thread != y->thread || x->kind != y->kind || x->flags != y->flags ||
        !reading_same_path(a->trace, x->context, b->trace, y->context))
      return false;
  }
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/moments.h"
#include "analysis/whole.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A span like "30s", "1.5m", "250ms" or "12" in seconds; false: text is no span. */
static bool moments_parse_span(const char *text, double *seconds) {
  static const struct {
    const char *name;
    double seconds;
  } units[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  char *end;
  *seconds = strtod(text, &end);
  if (end == text || !(*seconds >= 0 && *seconds < 1e10))
    return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strcmp(end, units[i].name) == 0) {
      *seconds *= units[i].seconds;
      return true;
    }
  }
  return false;
}

/* "2026-11-23T10:00:00Z", with or without a fraction of the second, in seconds since 1970. */
static bool moments_parse_utc(const char *text, double *seconds) {
  struct tm tm = {0};
  const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
  if (!rest)
    return false;
  *seconds = (double)timegm(&tm);
  if (*rest == '.') {
    char *end;
    *seconds += strtod(rest, &end);
    rest = end;
  }
  return strcmp(rest, "Z") == 0;
}

/* The stamp that "+SPAN" or "@UTC" names; false: text is no time. */
static bool moments_parse_time(const struct trace *trace, const char *text, uint64_t *stamp) {
  double seconds;
  if (*text == '+') {
    if (!moments_parse_span(text + 1, &seconds))
      return false;
  } else if (*text == '@') {
    if (!moments_parse_utc(text + 1, &seconds))
      return false;
    seconds -= (double)trace->process.start_realtime_ns / 1e9;
  } else {
    return false;
  }
  uint64_t start = trace->process.start_stamp;
  uint64_t ticks = whole_of(seconds * trace->process.ticks_per_second);
  *stamp = ticks < UINT64_MAX - start ? start + ticks : UINT64_MAX;
  return true;
}

static bool moments_add(struct moments *moments, const char *label, uint64_t stamp, uint64_t units,
                        uint64_t mark) {
  char *copy = strdup(label ? label : "");
  if (!copy)
    return false;
  moments->list[moments->count++] =
      (struct analysis_moment){.label = copy, .stamp = stamp, .units = units, .mark = mark};
  return true;
}

static bool moments_add_marks(struct moments *moments) {
  uint64_t number = 0;
  for (size_t i = 0; i < moments->trace->mark_count; i++) {
    const struct trace_mark *mark = &moments->trace->marks[i];
    if (mark->kind == SEEP_MARK_LABEL &&
        !moments_add(moments, mark->label, mark->stamp, mark->units, ++number))
      return false;
  }
  return true;
}

static enum trace_status moments_add_times(struct moments *moments, const char *const *times,
                                           size_t count, struct trace_error *error) {
  for (size_t i = 0; i < count; i++) {
    uint64_t stamp;
    if (!moments_parse_time(moments->trace, times[i], &stamp)) {
      if (error)
        snprintf(error->detail, sizeof error->detail,
                 "\"%s\" is no time: write +30s or @2026-11-23T10:00:00Z", times[i]);
      return TRACE_READ;
    }
    if (!moments_add(moments, times[i], stamp, 0, 0))
      return TRACE_MEMORY;
  }
  return TRACE_OK;
}

/* Marks of one stamp keep their order; a time goes before a mark of the same stamp. */
static int moments_compare(const void *a, const void *b) {
  const struct analysis_moment *x = a, *y = b;
  if (x->stamp != y->stamp)
    return x->stamp < y->stamp ? -1 : 1;
  return (x->mark > y->mark) - (x->mark < y->mark);
}

/* Puts the start before and the end behind everything that is there. */
static bool moments_enclose(struct moments *moments) {
  const struct trace *trace = moments->trace;
  uint64_t start = trace->first_stamp, end = trace->last_stamp;
  if (trace->process.start_stamp && trace->process.start_stamp < start)
    start = trace->process.start_stamp;
  if (moments->count && moments->list[0].stamp < start)
    start = moments->list[0].stamp;
  if (moments->count && moments->list[moments->count - 1].stamp > end)
    end = moments->list[moments->count - 1].stamp;
  if (!moments_add(moments, "start", start, 0, 0))
    return false;
  struct analysis_moment first = moments->list[--moments->count];
  memmove(moments->list + 1, moments->list, moments->count * sizeof *moments->list);
  moments->list[0] = first;
  moments->count++;
  return moments_add(moments, "end", end, 0, 0);
}

enum trace_status moments_init(struct moments *moments, const struct trace *trace,
                               const char *const *times, size_t time_count,
                               struct trace_error *error) {
  *moments = (struct moments){.trace = trace};
  size_t room = trace->mark_count + time_count + 2;
  moments->list = calloc(room, sizeof *moments->list);
  if (!moments->list || !moments_add_marks(moments))
    return TRACE_MEMORY;
  enum trace_status status = moments_add_times(moments, times, time_count, error);
  if (status != TRACE_OK)
    return status;
  if (moments->count)
    qsort(moments->list, moments->count, sizeof *moments->list, moments_compare);
  return moments_enclose(moments) ? TRACE_OK : TRACE_MEMORY;
}

void moments_release(struct moments *moments) {
  for (size_t i = 0; i < moments->count; i++)
    free((char *)moments->list[i].label);
  free(moments->list);
  *moments = (struct moments){0};
}

/* The last moment at or before stamp; the first if there is none. */
static size_t moments_at(const struct moments *moments, uint64_t stamp) {
  size_t low = 0, high = moments->count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (moments->list[middle].stamp <= stamp)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* The implicit moments always go by their names; a mark so called has its number. */
static long moments_find_label(const struct moments *moments, const char *text) {
  if (strcmp(text, "start") == 0)
    return 0;
  if (strcmp(text, "end") == 0)
    return (long)moments->count - 1;
  long found = -1;
  for (size_t i = 1; i + 1 < moments->count; i++)
    if (strcmp(moments->list[i].label, text) == 0)
      found = (long)i;
  return found;
}

static long moments_find_number(const struct moments *moments, const char *text) {
  char *end;
  unsigned long long number = strtoull(text, &end, 10);
  if (end == text || *end || number == 0 || *text < '0' || *text > '9')
    return -1;
  for (size_t i = 0; i < moments->count; i++)
    if (moments->list[i].mark == number)
      return (long)i;
  return -1;
}

long moments_find(const struct moments *moments, const char *text) {
  long found = moments_find_label(moments, text);
  if (found >= 0)
    return found;
  if (*text == '#')
    return moments_find_number(moments, text + 1);
  uint64_t stamp;
  if (moments_parse_time(moments->trace, text, &stamp))
    return (long)moments_at(moments, stamp);
  return -1;
}

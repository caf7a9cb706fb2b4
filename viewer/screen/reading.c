/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/reading.h"

#include "analysis/filter.h"

#include <stdlib.h>
#include <string.h>

static enum trace_status reading_fill(struct reading *reading, const char *path,
                                      const struct analysis_options *options,
                                      struct trace_error *error) {
  reading->path = strdup(path);
  if (!reading->path)
    return error->status = TRACE_MEMORY;
  enum trace_status status = trace_open(path, &reading->trace, error);
  if (status)
    return status;
  reading->symbols = symbols_new(reading->trace, NULL);
  if (!reading->symbols)
    return error->status = TRACE_MEMORY;
  return analysis_new(reading->trace, reading->symbols, options, &reading->analysis, error);
}

enum trace_status reading_new(const char *path, const struct analysis_options *options,
                              struct reading **out, struct trace_error *error) {
  *out = NULL;
  struct reading *reading = calloc(1, sizeof *reading);
  if (!reading)
    return error->status = TRACE_MEMORY;
  atomic_init(&reading->users, 1);
  enum trace_status status = reading_fill(reading, path, options, error);
  if (status)
    reading_drop(reading);
  else
    *out = reading;
  return status;
}

struct reading *reading_keep(struct reading *reading) {
  if (reading)
    atomic_fetch_add(&reading->users, 1);
  return reading;
}

void reading_drop(struct reading *reading) {
  if (!reading || atomic_fetch_sub(&reading->users, 1) > 1)
    return;
  if (reading->analysis)
    analysis_free(reading->analysis);
  if (reading->symbols)
    symbols_free(reading->symbols);
  if (reading->trace)
    trace_close(reading->trace);
  free(reading->path);
  free(reading);
}

size_t reading_moment(const struct analysis *analysis, uint64_t stamp) {
  const struct analysis_moment *moments;
  size_t low = 0, high = analysis_moments(analysis, &moments);
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (moments[middle].stamp <= stamp)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* The query that a question makes of this reading; its filter is the caller's to free. */
static struct analysis_query reading_query(const struct reading *reading,
                                           const struct question *question) {
  char message[160];
  struct analysis_query query = {.from = reading_moment(reading->analysis, question->from),
                                 .to = reading_moment(reading->analysis, question->to),
                                 .by = question->by,
                                 .sort = question->sort,
                                 .inverted = question->inverted};
  if (query.from > query.to)
    query.from = query.to;
  if (question->filter[0])
    query.filter = analysis_filter_new(question->filter, message, sizeof message);
  return query;
}

static void reading_end_query(struct analysis_query *query) {
  if (query->filter)
    analysis_filter_free((struct analysis_filter *)query->filter);
}

struct analysis_report *reading_ask(const struct reading *reading,
                                    const struct question *question) {
  struct analysis_query query = reading_query(reading, question);
  struct analysis_report *report = analysis_query(reading->analysis, &query);
  reading_end_query(&query);
  return report;
}

struct profile *reading_inspect(const struct reading *reading, const struct question *question,
                                const struct analysis_site *site) {
  struct analysis_query query = reading_query(reading, question);
  struct profile *profile = profile_of_row(reading->analysis, &query, site);
  reading_end_query(&query);
  return profile;
}

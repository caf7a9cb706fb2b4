/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/reading.h"

#include "analysis/filter.h"

#include <stdlib.h>

static enum trace_status reading_fill(struct reading *reading, const char *path,
                                      const struct analysis_options *options,
                                      struct trace_error *error) {
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
  free(reading);
}

struct analysis_report *reading_ask(const struct reading *reading,
                                    const struct question *question) {
  const struct analysis_moment *moments;
  size_t last = analysis_moments(reading->analysis, &moments) - 1;
  char message[160];
  struct analysis_query query = {.from = question->from < last ? question->from : last,
                                 .to = question->to < last ? question->to : last,
                                 .by = question->by,
                                 .sort = question->sort};
  if (query.from > query.to)
    query.from = query.to;
  struct analysis_filter *filter =
      question->filter[0] ? analysis_filter_new(question->filter, message, sizeof message) : NULL;
  query.filter = filter;
  struct analysis_report *report = analysis_query(reading->analysis, &query);
  if (filter)
    analysis_filter_free(filter);
  return report;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/opened.h"

#include "analysis/filter.h"
#include "commands/command.h"
#include "commands/message.h"
#include "commands/progress.h"
#include "commands/target.h"

#include <string.h>

#define OPENED_TIMES 4

int opened_open(struct opened *opened, const char *text) {
  *opened = (struct opened){.trace = NULL};
  struct trace_error error = {0};
  if (!target_find(text, opened->path, sizeof opened->path))
    return COMMAND_ERROR;
  if (trace_open(opened->path, &opened->trace, &error) != TRACE_OK)
    return message_trace_error(opened->path, &error);
  opened->symbols = symbols_new(opened->trace, NULL);
  return COMMAND_DONE;
}

int opened_analyse(struct opened *opened, const char *rules, const char *const *names,
                   size_t count) {
  const char *times[OPENED_TIMES];
  struct progress progress;
  struct analysis_options wanted = {
      .rules_path = rules, .times = times, .progress = progress_show, .progress_data = &progress};
  for (size_t i = 0; i < count && wanted.time_count < OPENED_TIMES; i++)
    if (names[i] && *names[i] && strchr("+@", *names[i]))
      times[wanted.time_count++] = names[i];
  struct trace_error error = {0};
  analysis_free(opened->analysis);
  opened->analysis = NULL;
  progress_begin(&progress);
  enum trace_status status =
      analysis_new(opened->trace, opened->symbols, &wanted, &opened->analysis, &error);
  progress_end(&progress);
  return status == TRACE_OK ? COMMAND_DONE : message_trace_error(opened->path, &error);
}

/* -1 is said on stderr. */
static long opened_moment(const struct opened *opened, const char *text) {
  long moment = analysis_find_moment(opened->analysis, text);
  if (moment < 0)
    message_error("%s has no mark '%s' ('seep info %s' lists its marks)", opened->path, text,
                  opened->path);
  return moment;
}

int opened_interval(const struct opened *opened, const char *from, const char *to, size_t *first,
                    size_t *last) {
  from = from ? from : "start";
  to = to ? to : "end";
  long begin = opened_moment(opened, from), end = begin < 0 ? -1 : opened_moment(opened, to);
  if (end < 0)
    return COMMAND_ERROR;
  if (begin > end)
    return message_error("%s: '%s' comes after '%s': exchange --from and --to", opened->path, from,
                         to);
  *first = (size_t)begin;
  *last = (size_t)end;
  return COMMAND_DONE;
}

int opened_query(const struct opened *opened, const char *from, const char *to, const char *text,
                 struct analysis_query *query, struct analysis_filter **filter) {
  *filter = NULL;
  int code = opened_interval(opened, from, to, &query->from, &query->to);
  if (code != COMMAND_DONE || !text)
    return code;
  char message[256];
  query->filter = *filter = analysis_filter_new(text, message, sizeof message);
  return *filter ? COMMAND_DONE : message_error("--filter: %s", message);
}

void opened_close(struct opened *opened) {
  analysis_free(opened->analysis);
  symbols_free(opened->symbols);
  if (opened->trace)
    trace_close(opened->trace);
}

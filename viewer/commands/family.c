/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/family.h"

#include "commands/command.h"
#include "commands/damage.h"
#include "commands/message.h"
#include "commands/progress.h"
#include "commands/target.h"
#include "compare/family_pages.h"
#include "compare/gathering.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct family_reading {
  struct progress progress;
  const struct family *family;
};

static bool family_progress(void *data, double share) {
  return progress_show(&((struct family_reading *)data)->progress, share);
}

static void family_told(void *data, size_t member, struct trace *trace,
                        const struct trace_error *error) {
  struct family_reading *reading = data;
  const char *path = reading->family->list[member].path;
  progress_end(&reading->progress);
  if (trace)
    damage_warn(path, trace);
  else
    message_trace_error(path, error);
}

static int family_write(struct gathering *gathering, const struct family_request *request) {
  const struct family_page page = {.merge = &gathering->merge,
                                   .from = request->from ? request->from : "start",
                                   .to = request->to ? request->to : "end",
                                   .sort = request->sort,
                                   .limit = request->limit,
                                   .split = request->split};
  merge_sort(&gathering->merge, request->sort);
  if (request->json)
    family_json(stdout, &page);
  else
    family_text(stdout, &page);
  return message_flush_stdout();
}

/* Keeps the filter; false: it is none, said on stderr. */
static bool family_filter(const char *text, struct analysis_filter **filter) {
  char message[256];
  *filter = text ? analysis_filter_new(text, message, sizeof message) : NULL;
  if (text && !*filter)
    message_error("--filter: %s", message);
  return !text || *filter;
}

static int family_work_on(const char *const *paths, size_t count,
                          const struct family_request *request,
                          const struct analysis_filter *filter) {
  struct family_reading reading;
  const struct inheritance_watch watch = {family_progress, &reading};
  const struct gathering_request wanted = {.from.text = request->from,
                                           .to.text = request->to,
                                           .filter = filter,
                                           .rules = request->rules,
                                           .progress = family_progress,
                                           .told = family_told,
                                           .data = &reading};
  struct kindred *kindred;
  struct gathering *gathering = NULL;
  struct kindred_error error = {.trace = {0}};
  progress_begin(&reading.progress);
  enum trace_status status = kindred_find(paths, count, &watch, &kindred, &error);
  if (status == TRACE_OK) {
    reading.family = &kindred->family;
    status = gathering_make(kindred, &wanted, &gathering, &error);
  }
  progress_end(&reading.progress);
  int code = status == TRACE_OK ? family_write(gathering, request)
                                : message_trace_error(error.path, &error.trace);
  gathering_drop(gathering);
  kindred_drop(kindred);
  return code;
}

/* ---- Names ---- */

void family_free_paths(char **paths) {
  for (size_t i = 0; paths && paths[i]; i++)
    free(paths[i]);
  free(paths);
}

char **family_paths(char **names, size_t count) {
  char **paths = calloc(count + 1, sizeof *paths), path[PATH_MAX];
  for (size_t i = 0; paths && i < count; i++) {
    bool found = target_find(names[i], path, sizeof path);
    if (found && (paths[i] = strdup(path)))
      continue;
    if (found)
      message_error("there is not enough memory for %zu names", count);
    family_free_paths(paths);
    return NULL;
  }
  return paths;
}

int family_report(const struct family_request *request, char **names, size_t count) {
  struct analysis_filter *filter;
  int code = COMMAND_ERROR;
  if (!family_filter(request->filter, &filter))
    return code;
  char **paths = family_paths(names, count);
  if (paths)
    code = family_work_on((const char *const *)paths, count, request, filter);
  family_free_paths(paths);
  analysis_filter_free(filter);
  return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/family.h"

#include "analysis/filter.h"
#include "commands/command.h"
#include "commands/damage.h"
#include "commands/message.h"
#include "commands/opened.h"
#include "commands/target.h"
#include "compare/family_pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAMILY_MOMENT 64

struct family_moment { /* an end of the interval */
  const char *text;    /* as it was given; NULL: the start, or the end */
  bool known;          /* stamp says when it was */
  uint64_t stamp;
};

struct family_work {
  const struct family_request *request;
  struct family family;
  struct inheritance *inheritance;
  struct merge merge;
  struct family_moment from, to;
};

/* ---- Moments: told by one process, meant in all ---- */

static const struct trace_mark *family_mark(const struct trace *trace, const char *label) {
  const struct trace_mark *found = NULL;
  for (size_t i = 0; i < trace->mark_count; i++)
    if (trace->marks[i].kind == SEEP_MARK_LABEL && !strcmp(trace->marks[i].label, label))
      found = &trace->marks[i];
  return found;
}

/* Whether every process has the moment by that name: its start and end, and times of the clock. */
static bool family_is_common(const char *text) {
  return !text || !strcmp(text, "start") || !strcmp(text, "end") || *text == '@';
}

/* A label that the first process does not have: when another was marked with it. */
static void family_seek_mark(const struct family_work *work, struct family_moment *moment) {
  if (family_is_common(moment->text) || strchr("+#", *moment->text))
    return;
  for (size_t i = 0; i < work->family.count && !moment->known; i++) {
    struct trace *trace;
    if (trace_open(work->family.list[i].path, &trace, NULL) != TRACE_OK)
      continue;
    const struct trace_mark *mark = family_mark(trace, moment->text);
    if (mark) {
      moment->known = true;
      moment->stamp = mark->stamp;
    }
    trace_close(trace);
  }
}

/* What the moment is called in a trace. Writes into out[FAMILY_MOMENT] where it has no name. */
static const char *family_moment_in(char *out, const struct family_moment *moment,
                                    const struct trace *trace) {
  if (!moment->known || family_mark(trace, moment->text))
    return moment->text;
  if (moment->stamp <= trace->process.start_stamp)
    return "start";
  if (moment->stamp > trace->last_stamp)
    return "end";
  snprintf(out, FAMILY_MOMENT, "+%.9fs", trace_seconds(trace, moment->stamp));
  return out;
}

static void family_learn(struct family_moment *moment, const struct analysis *analysis,
                         size_t number) {
  const struct analysis_moment *moments;
  analysis_moments(analysis, &moments);
  if (moment->known || family_is_common(moment->text))
    return;
  moment->known = true;
  moment->stamp = moments[number].stamp;
}

/* ---- A member ---- */

static int family_query(struct family_work *work, const struct opened *opened, size_t member,
                        const char *from, const char *to) {
  struct analysis_query query = {.by = ANALYSIS_BY_SITE, .sort = work->request->sort};
  struct analysis_filter *filter;
  int code = opened_query(opened, from, to, work->request->filter, &query, &filter);
  if (code != COMMAND_DONE)
    return code;
  family_learn(&work->from, opened->analysis, query.from);
  family_learn(&work->to, opened->analysis, query.to);
  struct analysis_report *report = analysis_query(opened->analysis, &query);
  if (!report || !merge_take(&work->merge, member, opened->trace, opened->analysis, report))
    code = message_error("%s: there is not enough memory for the report", opened->path);
  analysis_report_free(report);
  analysis_filter_free(filter);
  return code;
}

static int family_analyse(struct family_work *work, struct opened *opened, size_t member) {
  char from_room[FAMILY_MOMENT], to_room[FAMILY_MOMENT];
  const char *from = family_moment_in(from_room, &work->from, opened->trace);
  const char *to = family_moment_in(to_room, &work->to, opened->trace);
  const char *const names[] = {from, to};
  int code = opened_analyse(opened, work->request->rules, names, 2);
  damage_warn(opened->path, opened->trace);
  return code == COMMAND_DONE ? family_query(work, opened, member, from, to) : code;
}

/* COMMAND_ERROR: there is no page. A trace that cannot be opened is said, and left out. */
static int family_take(struct family_work *work, size_t member) {
  struct opened opened;
  int code = opened_open(&opened, work->family.list[member].path) == COMMAND_DONE
                 ? family_analyse(work, &opened, member)
                 : COMMAND_DONE;
  opened_close(&opened);
  return code;
}

/* The trace that was named comes first: its moments are meant. */
static int family_take_all(struct family_work *work) {
  int code = family_take(work, work->family.self);
  for (size_t i = 0; i < work->family.count && code == COMMAND_DONE; i++)
    if (i != work->family.self)
      code = family_take(work, i);
  return code;
}

/* ---- The page ---- */

static int family_write(struct family_work *work) {
  const struct family_request *request = work->request;
  const struct family_page page = {.merge = &work->merge,
                                   .from = request->from ? request->from : "start",
                                   .to = request->to ? request->to : "end",
                                   .sort = request->sort,
                                   .limit = request->limit,
                                   .split = request->split};
  merge_sort(&work->merge, request->sort);
  if (request->json)
    family_json(stdout, &page);
  else
    family_text(stdout, &page);
  return message_flush_stdout();
}

static int family_work_on(struct family_work *work) {
  struct trace_error error = {0};
  const char *path = work->family.list[work->family.self].path;
  if (inheritance_new(&work->family, FAMILY_NONE, &work->inheritance, &error) != TRACE_OK)
    return message_trace_error(path, &error);
  if (!merge_init(&work->merge, &work->family, work->inheritance))
    return message_error("%s: there is not enough memory for the report", path);
  family_seek_mark(work, &work->from);
  family_seek_mark(work, &work->to);
  int code = family_take_all(work);
  return code == COMMAND_DONE ? family_write(work) : code;
}

/* ---- Names ---- */

static void family_free_paths(char **paths) {
  for (size_t i = 0; paths && paths[i]; i++)
    free(paths[i]);
  free(paths);
}

/* The paths of the traces that names mean; NULL: said on stderr. */
static char **family_paths(char **names, size_t count) {
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
  struct family_work work = {
      .request = request, .from = {.text = request->from}, .to = {.text = request->to}};
  struct trace_error error = {0};
  char **paths = family_paths(names, count);
  if (!paths)
    return COMMAND_ERROR;
  int code = COMMAND_ERROR;
  if (family_find(&work.family, (const char *const *)paths, count, &error) == TRACE_OK)
    code = family_work_on(&work);
  else
    message_trace_error(paths[work.family.self], &error);
  merge_release(&work.merge);
  inheritance_free(work.inheritance);
  family_release(&work.family);
  family_free_paths(paths);
  return code;
}

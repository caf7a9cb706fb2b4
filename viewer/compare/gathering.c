/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/gathering.h"
#include "symbols/symbols.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gathering_work {
  const struct gathering_request *request;
  struct gathering *gathering;
  struct kindred_error *error;
  size_t done; /* members */
};

struct gathering_part { /* a member while it is read */
  size_t member;
  const char *path;
  struct trace *trace;
  struct symbols *symbols;
  struct analysis *analysis;
  size_t from, to; /* moments */
};

static enum trace_status gathering_fail(struct gathering_work *work, const char *path,
                                        enum trace_status status) {
  snprintf(work->error->path, sizeof work->error->path, "%s", path);
  return work->error->trace.status = status;
}

static __attribute__((format(printf, 3, 4))) enum trace_status
gathering_fail_text(struct gathering_work *work, const char *path, const char *format, ...) {
  struct trace_error *error = &work->error->trace;
  va_list arguments;
  *error = (struct trace_error){.status = TRACE_READ};
  va_start(arguments, format);
  vsnprintf(error->detail, sizeof error->detail, format, arguments);
  va_end(arguments);
  return gathering_fail(work, path, TRACE_READ);
}

/* ---- Moments: told by one process, meant in all -----------------------------------------------*/

static const struct trace_mark *gathering_mark(const struct trace *trace, const char *label) {
  const struct trace_mark *found = NULL;
  for (size_t i = 0; label && i < trace->mark_count; i++)
    if (trace->marks[i].kind == SEEP_MARK_LABEL && !strcmp(trace->marks[i].label, label))
      found = &trace->marks[i];
  return found;
}

/* Whether every process has the moment by that name: its start and end, and times of the clock. */
static bool gathering_is_common(const char *text) {
  return !text || !strcmp(text, "start") || !strcmp(text, "end") || *text == '@';
}

/* A label that the first process does not have: when another was marked with it. */
static void gathering_seek_mark(const struct family *family, struct gathering_moment *moment) {
  if (moment->known || gathering_is_common(moment->text) || strchr("+#", *moment->text))
    return;
  for (size_t i = 0; i < family->count && !moment->known; i++) {
    struct trace *trace;
    if (trace_open(family->list[i].path, &trace, NULL) != TRACE_OK)
      continue;
    const struct trace_mark *mark = gathering_mark(trace, moment->text);
    if (mark) {
      moment->known = true;
      moment->stamp = mark->stamp;
    }
    trace_close(trace);
  }
}

/* What the moment is called in a trace; otherwise is what it is called where nothing is asked. */
static void gathering_name(char out[GATHERING_NAME], const struct gathering_moment *moment,
                           const char *otherwise, const struct trace *trace) {
  if (!moment->known || gathering_mark(trace, moment->text))
    snprintf(out, GATHERING_NAME, "%s", moment->text ? moment->text : otherwise);
  else if (moment->stamp <= trace->process.start_stamp)
    snprintf(out, GATHERING_NAME, "start");
  else if (moment->stamp > trace->last_stamp)
    snprintf(out, GATHERING_NAME, "end");
  else
    snprintf(out, GATHERING_NAME, "+%.9fs", trace_seconds(trace, moment->stamp));
}

static void gathering_learn(struct gathering_moment *moment, const struct analysis *analysis,
                            size_t number) {
  const struct analysis_moment *moments;
  analysis_moments(analysis, &moments);
  bool end = !moment->text || !strcmp(moment->text, "start") || !strcmp(moment->text, "end");
  if (moment->known || moment->stamp || end)
    return;
  moment->known = !gathering_is_common(moment->text);
  moment->stamp = moments[number].stamp;
}

static enum trace_status gathering_interval(struct gathering_work *work,
                                            struct gathering_part *part) {
  struct gathering *gathering = work->gathering;
  const struct gathering_member *member = &gathering->members[part->member];
  const char *const names[] = {member->from, member->to};
  size_t *const moments[] = {&part->from, &part->to};
  for (size_t i = 0; i < 2; i++) {
    long found = analysis_find_moment(part->analysis, names[i]);
    if (found < 0)
      return gathering_fail_text(work, part->path,
                                 "it has no mark '%.90s' ('seep info' lists its marks)", names[i]);
    *moments[i] = (size_t)found;
  }
  if (part->from > part->to)
    return gathering_fail_text(work, part->path, "'%.50s' comes after '%.50s': exchange the two",
                               names[0], names[1]);
  gathering_learn(&gathering->from, part->analysis, part->from);
  gathering_learn(&gathering->to, part->analysis, part->to);
  return TRACE_OK;
}

/* ---- A member ---------------------------------------------------------------------------------*/

static bool gathering_progress(void *data, double share) {
  const struct gathering_work *work = data;
  double members = (double)work->gathering->kindred->family.count;
  return work->request->progress(work->request->data, ((double)work->done + share) / members);
}

static enum trace_status gathering_analyse(struct gathering_work *work,
                                           struct gathering_part *part) {
  struct gathering_member *member = &work->gathering->members[part->member];
  const char *const names[] = {member->from, member->to};
  const char *times[2];
  struct analysis_options options = {.rules_path = work->request->rules,
                                     .times = times,
                                     .progress =
                                         work->request->progress ? gathering_progress : NULL,
                                     .progress_data = work};
  gathering_name(member->from, &work->gathering->from, "start", part->trace);
  gathering_name(member->to, &work->gathering->to, "end", part->trace);
  for (size_t i = 0; i < 2; i++)
    if (strchr("+@", *names[i]))
      times[options.time_count++] = names[i];
  enum trace_status status =
      analysis_new(part->trace, part->symbols, &options, &part->analysis, &work->error->trace);
  return status == TRACE_OK ? status : gathering_fail(work, part->path, status);
}

static enum trace_status gathering_merge(struct gathering_work *work,
                                         const struct gathering_part *part) {
  const struct analysis_query query = {
      .from = part->from, .to = part->to, .filter = work->request->filter};
  struct analysis_report *report = analysis_query(part->analysis, &query);
  bool taken = report && merge_take(&work->gathering->merge, part->member, part->trace,
                                    part->analysis, report);
  analysis_report_free(report);
  return taken ? TRACE_OK : gathering_fail(work, part->path, TRACE_MEMORY);
}

/* What of a member is told over time, where its clock is the others'. */
static enum trace_status gathering_align(struct gathering_work *work,
                                         const struct gathering_part *part) {
  struct gathering *gathering = work->gathering;
  const struct family *family = &gathering->kindred->family;
  const struct trace_process *process = &part->trace->process;
  gathering->running |= part->trace->state == TRACE_RUNNING;
  if (process->clock != family->list[family->self].clock)
    return TRACE_OK;
  gathering->ticks_per_second = process->ticks_per_second;
  bool added = milestones_add(&gathering->milestones, part->trace) &&
               lifelines_add(&gathering->lifelines, part->trace, part->analysis);
  return added ? TRACE_OK : gathering_fail(work, part->path, TRACE_MEMORY);
}

static void gathering_look_at_pauses(struct gathering *gathering, const struct trace *trace) {
  for (size_t i = 0; i < trace->mark_count; i++)
    if (trace->marks[i].kind != SEEP_MARK_LABEL)
      gathering->paused = trace->marks[i].kind == SEEP_MARK_PAUSE;
}

static enum trace_status gathering_read(struct gathering_work *work, struct gathering_part *part) {
  const struct gathering_request *request = work->request;
  part->symbols = symbols_new(part->trace, NULL);
  enum trace_status status = gathering_analyse(work, part);
  if (request->told)
    request->told(request->data, part->member, part->trace, NULL);
  if (status == TRACE_OK)
    status = gathering_interval(work, part);
  if (status == TRACE_OK)
    status = gathering_merge(work, part);
  if (status == TRACE_OK)
    status = gathering_align(work, part);
  if (part->member == work->gathering->kindred->family.self)
    gathering_look_at_pauses(work->gathering, part->trace);
  return status;
}

/* A trace that cannot be opened is told, and left out. */
static enum trace_status gathering_take(struct gathering_work *work, size_t number) {
  const struct gathering_request *request = work->request;
  struct gathering_member *member = &work->gathering->members[number];
  struct gathering_part part = {.member = number,
                                .path = work->gathering->kindred->family.list[number].path};
  struct trace_error error = {0};
  enum trace_status status = trace_open(part.path, &part.trace, &error);
  if (status == TRACE_OK) {
    status = gathering_read(work, &part);
  } else {
    const char *reason = error.system_errno ? strerror(error.system_errno) : error.detail;
    snprintf(member->failure, sizeof member->failure, "%s%s%s", trace_status_text(status),
             *reason ? ": " : "", reason);
    if (request->told)
      request->told(request->data, number, NULL, &error);
    status = TRACE_OK;
  }
  analysis_free(part.analysis);
  symbols_free(part.symbols);
  if (part.trace)
    trace_close(part.trace);
  work->done++;
  return status;
}

/* The trace that was named comes first: its moments are meant. */
static enum trace_status gathering_take_all(struct gathering_work *work) {
  const struct family *family = &work->gathering->kindred->family;
  enum trace_status status = gathering_take(work, family->self);
  for (size_t i = 0; i < family->count && status == TRACE_OK; i++)
    if (i != family->self)
      status = gathering_take(work, i);
  return status;
}

/* ---- The whole --------------------------------------------------------------------------------*/

static struct gathering *gathering_new(struct kindred *kindred,
                                       const struct gathering_request *request) {
  struct gathering *gathering = calloc(1, sizeof *gathering);
  if (!gathering)
    return NULL;
  atomic_init(&gathering->users, 1);
  gathering->kindred = kindred_keep(kindred);
  gathering->from = request->from;
  gathering->to = request->to;
  gathering->members = calloc(kindred->family.count + 1, sizeof *gathering->members);
  if (merge_init(&gathering->merge, &kindred->family, kindred->inheritance) && gathering->members)
    return gathering;
  gathering_drop(gathering);
  return NULL;
}

enum trace_status gathering_make(struct kindred *kindred, const struct gathering_request *request,
                                 struct gathering **out, struct kindred_error *error) {
  struct gathering_work work = {.request = request, .error = error};
  *out = NULL;
  work.gathering = gathering_new(kindred, request);
  if (!work.gathering)
    return gathering_fail(&work, kindred->family.list[kindred->family.self].path, TRACE_MEMORY);
  gathering_seek_mark(&kindred->family, &work.gathering->from);
  gathering_seek_mark(&kindred->family, &work.gathering->to);
  enum trace_status status = gathering_take_all(&work);
  if (status != TRACE_OK) {
    gathering_drop(work.gathering);
    return status;
  }
  lifelines_join(&work.gathering->lifelines);
  work.gathering->from.text = work.gathering->to.text = NULL; /* they were the request's */
  *out = work.gathering;
  return TRACE_OK;
}

struct gathering *gathering_keep(struct gathering *gathering) {
  atomic_fetch_add(&gathering->users, 1);
  return gathering;
}

void gathering_drop(struct gathering *gathering) {
  if (!gathering || atomic_fetch_sub(&gathering->users, 1) > 1)
    return;
  lifelines_release(&gathering->lifelines);
  milestones_release(&gathering->milestones);
  merge_release(&gathering->merge);
  free(gathering->members);
  kindred_drop(gathering->kindred);
  free(gathering);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/chore.h"

#include "trace/family.h"

#include <stdio.h>
#include <string.h>

static void chore_say_error(const char *what, const struct trace_error *error,
                            char message[CHORE_MESSAGE]) {
  snprintf(message, CHORE_MESSAGE, "%s: the trace %s%s%s%s%s", what,
           trace_status_text(error->status), error->system_errno ? ": " : "",
           error->system_errno ? strerror(error->system_errno) : "", *error->detail ? ": " : "",
           error->detail);
}

/* ---- Marks ------------------------------------------------------------------------------------*/

static const char *const failed[] = {[SEEP_MARK_LABEL] = "not marked",
                                     [SEEP_MARK_PAUSE] = "not paused",
                                     [SEEP_MARK_RESUME] = "not resumed"};

/* where: "" or ", in 4 processes". */
static void chore_say_marked(const struct chore *chore, const char *where,
                             char message[CHORE_MESSAGE]) {
  static const char *const done[] = {[SEEP_MARK_LABEL] = "marked",
                                     [SEEP_MARK_PAUSE] = "recording is paused",
                                     [SEEP_MARK_RESUME] = "recording goes on"};
  bool named = chore->mark == SEEP_MARK_LABEL;
  snprintf(message, CHORE_MESSAGE, "%s%s%s%s", done[chore->mark], named ? ": " : "",
           named ? chore->text : "", where);
}

static void chore_mark(const struct chore *chore, const char *path, char message[CHORE_MESSAGE]) {
  struct trace_error error = {0};
  if (trace_mark(path, chore->mark, chore->text, chore->units, &error) == TRACE_OK)
    chore_say_marked(chore, "", message);
  else
    chore_say_error(failed[chore->mark], &error, message);
}

void chore_run_family(const struct chore *chore, const char *const *paths, size_t count,
                      char message[CHORE_MESSAGE]) {
  struct family family;
  struct trace_error error = {0};
  char where[64];
  if (family_find(&family, paths, count, &error) == TRACE_OK) {
    size_t marked = family_mark(&family, FAMILY_NONE, chore->mark, chore->text, chore->units);
    snprintf(where, sizeof where, ", in %zu process%s", marked, marked == 1 ? "" : "es");
    chore_say_marked(chore, where, message);
  } else {
    chore_say_error(failed[chore->mark], &error, message);
  }
  family_release(&family);
}

/* ---- Exporting --------------------------------------------------------------------------------*/

/* A moment of the question as analysis_new takes times; "": the trace has it by itself. */
static void chore_time(const struct trace *trace, uint64_t stamp, char out[FORMATS_TIME_BYTES]) {
  bool known = stamp == 0 || stamp == QUESTION_END;
  for (size_t i = 0; i < trace->mark_count && !known; i++)
    known = trace->marks[i].stamp == stamp;
  out[0] = '\0';
  if (!known)
    snprintf(out, FORMATS_TIME_BYTES, "+%.9fs", trace_seconds(trace, stamp));
}

/* The stamp of the moment that a time became in another reading. */
static uint64_t chore_stamp(const struct reading *reading, const char *time, uint64_t stamp) {
  const struct analysis_moment *moments;
  analysis_moments(reading->analysis, &moments);
  long at = *time ? analysis_find_moment(reading->analysis, time) : -1;
  return at < 0 ? stamp : moments[at].stamp;
}

static void chore_write(const struct chore *chore, const char *path, const struct reading *reading,
                        const struct question *question, char message[CHORE_MESSAGE]) {
  struct analysis_report *report = reading_ask(reading, question);
  const struct export_request request = {.path = path,
                                         .trace = reading->trace,
                                         .analysis = reading->analysis,
                                         .symbols = reading->symbols,
                                         .report = report};
  if (!report)
    snprintf(message, CHORE_MESSAGE, "not exported: there is not enough memory");
  else if (formats_write(chore->format, chore->text, &request, EXPORT_INUSE_SPACE, message,
                         CHORE_MESSAGE))
    snprintf(message, CHORE_MESSAGE, "written: %s", chore->text);
  analysis_report_free(report);
}

/* Reads the trace once more, cut where the question says and nowhere else, so that the file is the
 * one that `seep export` writes. What shows the whole run is cut where most stood. */
static void chore_export(const struct chore *chore, const char *path, const char *rules_path,
                         const struct reading *shown, struct question question,
                         char message[CHORE_MESSAGE]) {
  char from[FORMATS_TIME_BYTES] = "", to[FORMATS_TIME_BYTES] = "";
  const char *const times[] = {from, to};
  struct trace_error error = {0};
  struct reading *reading;
  question.by = ANALYSIS_BY_SITE;
  question.sort = ANALYSIS_SORT_OUTSTANDING;
  if (chore->format->at_peak) {
    question = (struct question){.to = QUESTION_END};
    formats_peak(shown->trace, shown->analysis, to);
  } else {
    chore_time(shown->trace, question.from, from);
    chore_time(shown->trace, question.to, to);
  }
  const struct analysis_options options = {.rules_path = rules_path,
                                           .times = *from ? times : times + 1,
                                           .time_count = (size_t)(!!*from + !!*to)};
  if (reading_new(path, &options, &reading, &error) != TRACE_OK) {
    chore_say_error("not exported", &error, message);
    return;
  }
  question.from = chore_stamp(reading, from, question.from);
  question.to = chore_stamp(reading, to, question.to);
  chore_write(chore, path, reading, &question, message);
  reading_drop(reading);
}

void chore_run(const struct chore *chore, const char *path, const char *rules_path,
               const struct reading *reading, const struct question *question,
               char message[CHORE_MESSAGE]) {
  message[0] = '\0';
  if (chore->kind == CHORE_MARK)
    chore_mark(chore, path, message);
  else
    chore_export(chore, path, rules_path, reading, *question, message);
}

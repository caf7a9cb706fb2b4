/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/subject.h"

#include "commands/command.h"
#include "commands/damage.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/progress.h"
#include "commands/target.h"

#include <string.h>

/* Reads the events once, and keeps the moments that the options name by time. */
static int subject_analyse(struct subject *subject, const struct subject_options *options) {
  const char *times[2];
  struct progress progress;
  struct analysis_options wanted = {.rules_path = options->rules,
                                    .times = times,
                                    .progress = progress_show,
                                    .progress_data = &progress};
  if (options->from && strchr("+@", *options->from))
    times[wanted.time_count++] = options->from;
  if (options->to && strchr("+@", *options->to))
    times[wanted.time_count++] = options->to;
  struct trace_error error = {0};
  progress_begin(&progress);
  enum trace_status status =
      analysis_new(subject->trace, subject->symbols, &wanted, &subject->analysis, &error);
  progress_end(&progress);
  damage_warn(subject->path, subject->trace);
  return status == TRACE_OK ? COMMAND_DONE : message_trace_error(subject->path, &error);
}

static long subject_moment(const struct subject *subject, const char *text) {
  long moment = analysis_find_moment(subject->analysis, text);
  if (moment < 0)
    message_error("%s has no mark '%s' ('seep info %s' lists its marks)", subject->path, text,
                  subject->path);
  return moment;
}

static int subject_interval(struct subject *subject, const struct subject_options *options) {
  const char *first = options->from ? options->from : "start";
  const char *last = options->to ? options->to : "end";
  long from = subject_moment(subject, first);
  long to = from < 0 ? -1 : subject_moment(subject, last);
  if (to < 0)
    return COMMAND_ERROR;
  if (from > to)
    return message_error("%s: '%s' comes after '%s': exchange --from and --to", subject->path,
                         first, last);
  subject->report = analysis_interval(subject->analysis, (size_t)from, (size_t)to);
  return subject->report ? COMMAND_DONE
                         : message_error("%s: there is not enough memory", subject->path);
}

int subject_open(struct subject *subject, const char *text, const struct subject_options *options) {
  *subject = (struct subject){.trace = NULL};
  struct trace_error error = {0};
  if (!target_find(text, subject->path, sizeof subject->path))
    return COMMAND_ERROR;
  if (trace_open(subject->path, &subject->trace, &error) != TRACE_OK)
    return message_trace_error(subject->path, &error);
  subject->symbols = symbols_new(subject->trace, NULL);
  int code = subject_analyse(subject, options);
  return code == COMMAND_DONE ? subject_interval(subject, options) : code;
}

int subject_take(struct subject *subject, struct suppressions *suppressions) {
  const struct inventory_source source = {subject->trace, subject->symbols, subject->analysis,
                                          subject->report};
  return inventory_make(&subject->inventory, &source, suppressions)
             ? COMMAND_DONE
             : message_error("%s: there is not enough memory", subject->path);
}

int subject_without_units(const struct subject *subject, const char *option) {
  const struct analysis_moment *moments;
  analysis_moments(subject->analysis, &moments);
  return message_error("%s needs units of work, and %s has none between '%s' and '%s': put marks "
                       "with 'seep mark --units N'",
                       option, subject->path, moments[subject->report->from].label,
                       moments[subject->report->to].label);
}

struct page_side subject_side(const struct subject *subject) {
  return (struct page_side){subject->path, subject->trace, subject->analysis, subject->report,
                            &subject->inventory};
}

void subject_close(struct subject *subject) {
  inventory_release(&subject->inventory);
  analysis_report_free(subject->report);
  analysis_free(subject->analysis);
  symbols_free(subject->symbols);
  trace_close(subject->trace);
}

bool subject_format(const char *text, bool *json) {
  *json = !strcmp(text, "json");
  if (*json || !strcmp(text, "text"))
    return true;
  options_wrong("--format %s: text or json expected", text);
  return false;
}

bool subject_percent(const char *name, const char *text, double *share) {
  double percent;
  if (!options_decimal(text, &percent)) {
    options_wrong("%s %s: a number of percent expected", name, text);
    return false;
  }
  *share = percent / 100;
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/subject.h"

#include "analysis/filter.h"
#include "commands/command.h"
#include "commands/damage.h"
#include "commands/message.h"
#include "commands/options.h"

#include <string.h>

static int subject_interval(struct subject *subject, const struct subject_options *options) {
  struct analysis_query query = {.by = ANALYSIS_BY_SITE};
  struct analysis_filter *filter;
  int code =
      opened_query(&subject->opened, options->from, options->to, options->filter, &query, &filter);
  if (code != COMMAND_DONE)
    return code;
  subject->report = analysis_query(subject->opened.analysis, &query);
  analysis_filter_free(filter);
  return subject->report ? COMMAND_DONE
                         : message_error("%s: there is not enough memory", subject->opened.path);
}

int subject_open(struct subject *subject, const char *text, const struct subject_options *options) {
  *subject = (struct subject){.report = NULL};
  const char *const names[] = {options->from, options->to};
  int code = opened_open(&subject->opened, text);
  if (code != COMMAND_DONE)
    return code;
  code = opened_analyse(&subject->opened, options->rules, names, 2);
  damage_warn(subject->opened.path, subject->opened.trace);
  return code == COMMAND_DONE ? subject_interval(subject, options) : code;
}

int subject_take(struct subject *subject, struct suppressions *suppressions, bool judged) {
  const struct inventory_source source = {subject->opened.trace, subject->opened.symbols,
                                          subject->opened.analysis, subject->report, judged};
  return inventory_make(&subject->inventory, &source, suppressions)
             ? COMMAND_DONE
             : message_error("%s: there is not enough memory", subject->opened.path);
}

int subject_without_units(const struct subject *subject, const char *option) {
  const struct analysis_moment *moments;
  analysis_moments(subject->opened.analysis, &moments);
  return message_error("%s needs units of work, and %s has none between '%s' and '%s': put marks "
                       "with 'seep mark --units N'",
                       option, subject->opened.path, moments[subject->report->from].label,
                       moments[subject->report->to].label);
}

struct page_side subject_side(const struct subject *subject) {
  const struct opened *opened = &subject->opened;
  return (struct page_side){opened->path, opened->trace, opened->analysis, subject->report,
                            &subject->inventory};
}

void subject_close(struct subject *subject) {
  inventory_release(&subject->inventory);
  analysis_report_free(subject->report);
  opened_close(&subject->opened);
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

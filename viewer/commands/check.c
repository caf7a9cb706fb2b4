/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/budget.h"

#include "commands/command.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/subject.h"

#include <errno.h>
#include <string.h>

static const char check_help[] =
    "Usage: seep check FILE|PID [OPTION...]\n"
    "\n"
    "Says whether each call keeps to what it may hold of what was allocated between\n"
    "two marks, and prints those that do not. At least one limit or a baseline.\n"
    "\n"
    "      --from MARK               begin: a mark's label, #N, +30s\n"
    "      --to MARK                 end; 'start' and 'end' always exist\n"
    "      --no-leaks                no call site may be called a leak, as by 'seep\n"
    "                                report'\n"
    "      --max-bytes N             bytes that one call site may hold\n"
    "      --max-bytes-per-unit N    the same per unit of work, e.g. 0.5\n"
    "      --max-blocks-per-unit N   blocks that it may hold per unit of work\n"
    "      --suppressions FILE       leak:PATTERN lines, as for LeakSanitizer\n"
    "      --baseline FILE           what FILE accepts breaks no limit; without a\n"
    "                                limit, whatever it does not accept is over\n"
    "      --tolerance N             percent that a site may exceed the baseline by\n"
    "      --write-baseline FILE     writes what stands now to FILE, no check\n"
    "      --filter EXPR             only matching calls, as for 'seep report'\n"
    "      --rules FILE              more rules for what is a service's own frame\n"
    "      --format FORMAT           text (default) or json\n"
    "  -h, --help                    this text\n"
    "\n"
    "Exit status: 0 within the budget; 1 over it; 2 wrong usage, or a file cannot be\n"
    "read.\n";

struct check_options {
  struct subject_options subject;
  struct budget budget;
  const char *suppressions, *baseline, *write;
  bool json;
};

enum check_option {
  CHECK_FROM = 256,
  CHECK_TO,
  CHECK_FILTER,
  CHECK_RULES,
  CHECK_SUPPRESSIONS,
  CHECK_BASELINE,
  CHECK_WRITE,
  CHECK_TOLERANCE,
  CHECK_FORMAT,
  CHECK_NO_LEAKS,
  CHECK_LIMIT, /* and enum budget_limit */
};

static const struct option check_longs[] = {
    {"from", required_argument, NULL, CHECK_FROM},
    {"to", required_argument, NULL, CHECK_TO},
    {"no-leaks", no_argument, NULL, CHECK_NO_LEAKS},
    {"max-bytes", required_argument, NULL, CHECK_LIMIT + BUDGET_BYTES},
    {"max-bytes-per-unit", required_argument, NULL, CHECK_LIMIT + BUDGET_BYTES_PER_UNIT},
    {"max-blocks-per-unit", required_argument, NULL, CHECK_LIMIT + BUDGET_BLOCKS_PER_UNIT},
    {"suppressions", required_argument, NULL, CHECK_SUPPRESSIONS},
    {"baseline", required_argument, NULL, CHECK_BASELINE},
    {"write-baseline", required_argument, NULL, CHECK_WRITE},
    {"tolerance", required_argument, NULL, CHECK_TOLERANCE},
    {"filter", required_argument, NULL, CHECK_FILTER},
    {"rules", required_argument, NULL, CHECK_RULES},
    {"format", required_argument, NULL, CHECK_FORMAT},
    OPTIONS_COMMON};

static const struct options_set check_set = {":hV", check_longs, check_help};

static bool check_take_limit(struct check_options *options, enum budget_limit limit) {
  options->budget.has[limit] = true;
  if (options_decimal(optarg, &options->budget.most[limit]))
    return true;
  options_wrong("--%s %s: a number expected", budget_option(limit), optarg);
  return false;
}

/* Where an option's argument goes as it is; NULL: nowhere. */
static const char **check_text_option(struct check_options *options, int option) {
  switch (option) {
  case CHECK_FROM:
    return &options->subject.from;
  case CHECK_TO:
    return &options->subject.to;
  case CHECK_FILTER:
    return &options->subject.filter;
  case CHECK_RULES:
    return &options->subject.rules;
  case CHECK_SUPPRESSIONS:
    return &options->suppressions;
  case CHECK_BASELINE:
    return &options->baseline;
  case CHECK_WRITE:
    return &options->write;
  default:
    return NULL;
  }
}

static bool check_take(struct check_options *options, int option) {
  const char **text = check_text_option(options, option);
  if (text)
    *text = optarg;
  else if (option == CHECK_NO_LEAKS)
    options->budget.no_leaks = true;
  else if (option == CHECK_TOLERANCE)
    return subject_percent("--tolerance", optarg, &options->budget.tolerance);
  else if (option == CHECK_FORMAT)
    return subject_format(optarg, &options->json);
  else
    return check_take_limit(options, (enum budget_limit)(option - CHECK_LIMIT));
  return true;
}

static enum options_end check_refuse(const struct check_options *options) {
  bool checks = budget_has_limit(&options->budget) || options->baseline;
  if (options->write && checks)
    return options_wrong("--write-baseline checks nothing: give it no limit and no --baseline");
  if (!options->write && !checks)
    return options_wrong("no budget given: --no-leaks, --max-bytes, --max-bytes-per-unit, "
                         "--max-blocks-per-unit or --baseline expected");
  return OPTIONS_PARSED;
}

static enum options_end check_parse(int argc, char **argv, struct check_options *options) {
  int option;
  while ((option = options_next(argc, argv, &check_set)) >= 0)
    if (!check_take(options, option))
      return OPTIONS_WRONG;
  if (option != OPTIONS_PARSED)
    return option;
  if (!options_operands(argc, argv, 1, 1, "FILE|PID"))
    return OPTIONS_WRONG;
  return check_refuse(options);
}

/* ---- From the trace to the answer ---- */

static int check_write_baseline(const struct subject *subject, const char *path) {
  FILE *file = fopen(path, "we");
  if (!file)
    return message_error("%s cannot be written: %s", path, strerror(errno));
  size_t sites = baseline_write(file, &subject->inventory);
  bool failed = ferror(file) != 0;
  if (fclose(file) != 0 || failed)
    return message_error("%s cannot be written: %s", path, strerror(errno));
  message_note("%s accepts %zu site%s, per %s", path, sites, sites == 1 ? "" : "s",
               subject->inventory.units ? "unit" : "run");
  return COMMAND_DONE;
}

static int check_answer(const struct subject *subject, const struct suppressions *suppressions,
                        const struct check_options *options) {
  struct budget_result result;
  if (budget_needs_units(&options->budget) && !subject->inventory.units)
    return subject_without_units(subject, "the budget");
  if (!budget_check(&options->budget, &subject->inventory, &result))
    return message_error("%s: there is not enough memory", subject->opened.path);
  const struct page_check page = {subject_side(subject), &options->budget, &result, suppressions};
  if (options->json)
    check_json(stdout, &page);
  else
    check_text(stdout, &page);
  int code = message_flush_stdout();
  if (code == COMMAND_DONE && result.count)
    code = COMMAND_NO;
  budget_release(&result);
  return code;
}

static int check_trace(const char *text, struct suppressions *suppressions,
                       const struct check_options *options) {
  struct subject subject;
  int code = subject_open(&subject, text, &options->subject);
  if (code == COMMAND_DONE)
    code = subject_take(&subject, suppressions, options->budget.no_leaks);
  if (code == COMMAND_DONE)
    code = options->write ? check_write_baseline(&subject, options->write)
                          : check_answer(&subject, suppressions, options);
  subject_close(&subject);
  return code;
}

int command_check(int argc, char **argv) {
  struct check_options options = {.json = false};
  enum options_end end = check_parse(argc, argv, &options);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  struct suppressions *suppressions = NULL;
  struct baseline *baseline = NULL;
  struct trace_error error = {0};
  int code = COMMAND_DONE;
  if (options.suppressions &&
      suppressions_read(options.suppressions, &suppressions, &error) != TRACE_OK)
    code = message_trace_error(options.suppressions, &error);
  else if (options.baseline && baseline_read(options.baseline, &baseline, &error) != TRACE_OK)
    code = message_trace_error(options.baseline, &error);
  options.budget.baseline = baseline;
  if (code == COMMAND_DONE)
    code = check_trace(argv[optind], suppressions, &options);
  baseline_free(baseline);
  suppressions_free(suppressions);
  return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#include "analysis/filter.h"
#include "commands/command.h"
#include "commands/damage.h"
#include "commands/family.h"
#include "commands/inherited.h"
#include "commands/message.h"
#include "commands/opened.h"
#include "commands/options.h"

#include <string.h>

static const char report_help[] =
    "Usage: seep report FILE|PID [OPTION...]\n"
    "       seep report --family FILE... [OPTION...]\n"
    "\n"
    "Prints the calls with outstanding memory, largest first; with --from and --to\n"
    "what was allocated between two marks and still stands at the second.\n"
    "\n"
    "      --from MARK       begin: a mark's label, #N, +30s, @2026-11-23T10:00:00Z\n"
    "      --to MARK         end; 'start' and 'end' always exist\n"
    "      --by KIND         rows: site (default), tree, module, function or thread;\n"
    "                        process: those of FILE's family, a row each\n"
    "      --family          all processes that were recorded together: FILE's\n"
    "                        parents and children whose traces are in its directory,\n"
    "                        or the FILEs alone; their sites are joined\n"
    "      --sort KEY        outstanding (default), blocks, growth, allocated,\n"
    "                        temporary, peak, allocations, oldest, median-age,\n"
    "                        threads or name\n"
    "  -n, --limit N         at most N rows; 0: all. Default: 20 as text, 0 as JSON\n"
    "      --stacks N        text: the stacks of the first N rows (default: 3);\n"
    "                        JSON: at most N stacks of a row; 0: all, the default\n"
    "      --filter EXPR     only matching rows, e.g. 'module:libfoo* bytes>64k'\n"
    "      --rules FILE      more rules for what is a service's own frame\n"
    "      --format FORMAT   text (default) or json\n"
    "  -h, --help            this text\n"
    "\n"
    "Exit status: 0; 2 wrong usage, or FILE cannot be read. What is damaged in FILE\n"
    "is skipped and said on stderr.\n";

#define REPORT_TEXT_LIMIT 20
#define REPORT_TEXT_STACKS 3 /* of a row */

struct report_options {
  const char *from, *to, *filter, *rules;
  enum analysis_by by;
  enum analysis_sort sort;
  uint64_t limit, stack_rows;
  bool limited, stacked, json, family, split;
};

enum report_option {
  REPORT_FROM = 256,
  REPORT_TO,
  REPORT_BY,
  REPORT_SORT,
  REPORT_STACKS,
  REPORT_FILTER,
  REPORT_RULES,
  REPORT_FORMAT,
  REPORT_FAMILY,
};

static const struct option report_longs[] = {{"from", required_argument, NULL, REPORT_FROM},
                                             {"to", required_argument, NULL, REPORT_TO},
                                             {"by", required_argument, NULL, REPORT_BY},
                                             {"sort", required_argument, NULL, REPORT_SORT},
                                             {"limit", required_argument, NULL, 'n'},
                                             {"stacks", required_argument, NULL, REPORT_STACKS},
                                             {"filter", required_argument, NULL, REPORT_FILTER},
                                             {"rules", required_argument, NULL, REPORT_RULES},
                                             {"format", required_argument, NULL, REPORT_FORMAT},
                                             {"family", no_argument, NULL, REPORT_FAMILY},
                                             OPTIONS_COMMON};

static const struct options_set report_set = {":hVn:", report_longs, report_help};

static bool report_take_by(struct report_options *options) {
  options->split = !strcmp(optarg, "process");
  if (options->split)
    return options->family = true;
  int by = analysis_by_of(optarg);
  if (by < 0)
    options_wrong("--by %s: site, tree, module, function, thread or process expected", optarg);
  else
    options->by = (enum analysis_by)by;
  return by >= 0;
}

static bool report_take_sort(struct report_options *options) {
  int sort = analysis_sort_of(optarg);
  if (sort < 0)
    options_wrong("--sort %s: outstanding, blocks, growth, allocated, temporary, peak, "
                  "allocations, oldest, median-age, threads or name expected",
                  optarg);
  else
    options->sort = (enum analysis_sort)sort;
  return sort >= 0;
}

static bool report_take_number(const char *name, uint64_t *number) {
  if (options_number(optarg, SIZE_MAX, number))
    return true;
  options_wrong("%s %s: a whole number expected", name, optarg);
  return false;
}

static bool report_take_format(struct report_options *options) {
  options->json = !strcmp(optarg, "json");
  if (options->json || !strcmp(optarg, "text"))
    return true;
  options_wrong("--format %s: text or json expected", optarg);
  return false;
}

static bool report_take(struct report_options *options, int option) {
  switch (option) {
  case REPORT_FROM:
    options->from = optarg;
    return true;
  case REPORT_TO:
    options->to = optarg;
    return true;
  case REPORT_FILTER:
    options->filter = optarg;
    return true;
  case REPORT_RULES:
    options->rules = optarg;
    return true;
  case REPORT_BY:
    return report_take_by(options);
  case REPORT_SORT:
    return report_take_sort(options);
  case REPORT_STACKS:
    options->stacked = true;
    return report_take_number("--stacks", &options->stack_rows);
  case REPORT_FORMAT:
    return report_take_format(options);
  case REPORT_FAMILY:
    return options->family = true;
  default:
    options->limited = true;
    return report_take_number("--limit", &options->limit);
  }
}

static enum options_end report_parse(int argc, char **argv, struct report_options *options) {
  int option;
  while ((option = options_next(argc, argv, &report_set)) >= 0)
    if (!report_take(options, option))
      return OPTIONS_WRONG;
  if (!options->limited && !options->json)
    options->limit = REPORT_TEXT_LIMIT;
  if (option != OPTIONS_PARSED)
    return option;
  if (options->family && options->by != ANALYSIS_BY_SITE)
    return options_wrong("--family goes with --by site or process: rows of other kinds are one "
                         "process's");
  bool there = options_operands(argc, argv, 1, options->family ? INT_MAX : 1, "FILE");
  return there ? option : OPTIONS_WRONG;
}

/* ---- From the trace to the page ---- */

static int report_write(struct report_request *request, const struct report_options *options,
                        const struct analysis_query *query) {
  struct analysis_report *rows = analysis_query(request->analysis, query);
  if (!rows)
    return message_error("%s: there is not enough memory for the report", request->path);
  request->report = rows;
  request->limit = options->limit;
  request->stack_limit = !options->json     ? REPORT_TEXT_STACKS
                         : options->stacked ? options->stack_rows
                                            : 0;
  request->stack_rows = options->stack_rows;
  struct inherited inherited;
  if (inherited_find(&inherited, request->path, request->trace, options->rules)) {
    request->more = inherited_json;
    request->more_data = &inherited;
  }
  bool written = options->json ? report_json(stdout, request) : report_text(stdout, request);
  if (request->more && !options->json)
    inherited_text(stdout, &inherited, options->limit);
  inherited_release(&inherited);
  analysis_report_free(rows);
  return written ? COMMAND_DONE : message_flush_stdout();
}

static int report_interval(const struct opened *opened, const struct report_options *options) {
  struct analysis_query query = {.by = options->by, .sort = options->sort};
  struct analysis_filter *filter;
  int code = opened_query(opened, options->from, options->to, options->filter, &query, &filter);
  if (code != COMMAND_DONE)
    return code;
  struct report_request request = {.path = opened->path,
                                   .trace = opened->trace,
                                   .symbols = opened->symbols,
                                   .analysis = opened->analysis};
  code = report_write(&request, options, &query);
  analysis_filter_free(filter);
  return code;
}

static int report_read(struct opened *opened, const struct report_options *options) {
  const char *const names[] = {options->from, options->to};
  int code = opened_analyse(opened, options->rules, names, 2);
  damage_warn(opened->path, opened->trace);
  return code == COMMAND_DONE ? report_interval(opened, options) : code;
}

/* ---- Several traces ---- */

static int report_family(char **paths, size_t count, const struct report_options *options) {
  const struct family_request request = {.from = options->from,
                                         .to = options->to,
                                         .filter = options->filter,
                                         .rules = options->rules,
                                         .sort = options->sort,
                                         .limit = options->limit,
                                         .json = options->json,
                                         .split = options->split};
  return family_report(&request, paths, count);
}

int command_report(int argc, char **argv) {
  struct report_options options = {.stack_rows = REPORT_TEXT_STACKS};
  enum options_end end = report_parse(argc, argv, &options);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  if (options.family)
    return report_family(argv + optind, (size_t)(argc - optind), &options);
  struct opened opened;
  int code = opened_open(&opened, argv[optind]);
  if (code == COMMAND_DONE)
    code = report_read(&opened, &options);
  opened_close(&opened);
  return code;
}

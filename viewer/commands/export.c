/* SPDX-License-Identifier: Apache-2.0 */
#include "export/formats.h"

#include "analysis/filter.h"
#include "commands/command.h"
#include "commands/damage.h"
#include "commands/message.h"
#include "commands/opened.h"
#include "commands/options.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

static const char export_help[] =
    "Usage: seep export FILE|PID --format FORMAT [OPTION...]\n"
    "\n"
    "Writes a trace for other tools, with the figures that 'seep report' has.\n"
    "\n"
    "  -f, --format FORMAT  pprof       go tool pprof\n"
    "                       folded      collapsed stacks, for flame graphs\n"
    "                       json        all figures, time line and intervals\n"
    "                       html        one page that needs nothing else\n"
    "                       massif      ms_print, massif-visualizer\n"
    "                       speedscope  speedscope.app\n"
    "  -o, --output OUT     the file to write; default: stdout\n"
    "      --from MARK      begin: a mark's label, #N, +30s, @2026-11-23T10:00:00Z\n"
    "      --to MARK        end; 'start' and 'end' always exist\n"
    "      --filter EXPR    only the stacks of matching sites, as for 'seep report'\n"
    "      --rules FILE     more rules for what is a service's own frame\n"
    "      --value VALUE    folded: inuse_space (default), inuse_objects, alloc_space\n"
    "                       or alloc_objects\n"
    "  -h, --help           this text\n"
    "\n"
    "massif always shows the whole run: it takes no --from, --to and --filter.\n"
    "\n"
    "Exit status: 0; 2 wrong usage, FILE cannot be read, or OUT cannot be written.\n";

struct export_options {
  const char *from, *to, *filter, *rules, *output;
  const struct export_format *format;
  enum export_value value;
  char peak[FORMATS_TIME_BYTES]; /* massif: when most stood */
};

/* ---- Options
 * -----------------------------------------------------------------------------------*/

enum export_option {
  EXPORT_FROM = 256,
  EXPORT_TO,
  EXPORT_FILTER,
  EXPORT_RULES,
  EXPORT_VALUE,
};

static const struct option export_longs[] = {{"format", required_argument, NULL, 'f'},
                                             {"output", required_argument, NULL, 'o'},
                                             {"from", required_argument, NULL, EXPORT_FROM},
                                             {"to", required_argument, NULL, EXPORT_TO},
                                             {"filter", required_argument, NULL, EXPORT_FILTER},
                                             {"rules", required_argument, NULL, EXPORT_RULES},
                                             {"value", required_argument, NULL, EXPORT_VALUE},
                                             OPTIONS_COMMON};

static const struct options_set export_set = {":hVf:o:", export_longs, export_help};

static bool export_take_format(struct export_options *options) {
  options->format = formats_named(optarg);
  if (!options->format)
    options_wrong("--format %s: " FORMATS_NAMES " expected", optarg);
  return options->format;
}

static bool export_take_value(struct export_options *options) {
  int value = export_value_named(optarg);
  if (value < 0)
    options_wrong("--value %s: inuse_space, inuse_objects, alloc_space or alloc_objects expected",
                  optarg);
  else
    options->value = (enum export_value)value;
  return value >= 0;
}

static bool export_take(struct export_options *options, int option) {
  switch (option) {
  case 'f':
    return export_take_format(options);
  case 'o':
    options->output = optarg;
    return true;
  case EXPORT_FROM:
    options->from = optarg;
    return true;
  case EXPORT_TO:
    options->to = optarg;
    return true;
  case EXPORT_FILTER:
    options->filter = optarg;
    return true;
  case EXPORT_RULES:
    options->rules = optarg;
    return true;
  default:
    return export_take_value(options);
  }
}

static enum options_end export_check(const struct export_options *options) {
  if (!options->format)
    return options_wrong("no --format given");
  if (options->format->at_peak && (options->from || options->to || options->filter))
    return options_wrong("%s shows the whole run: it takes no --from, --to and --filter",
                         options->format->name);
  if (options->format->binary && !options->output && isatty(STDOUT_FILENO))
    return options_wrong("%s is not for a terminal: name a file with --output",
                         options->format->name);
  return OPTIONS_PARSED;
}

static enum options_end export_parse(int argc, char **argv, struct export_options *options) {
  int option;
  while ((option = options_next(argc, argv, &export_set)) >= 0)
    if (!export_take(options, option))
      return OPTIONS_WRONG;
  if (option == OPTIONS_PARSED && !options_operands(argc, argv, 1, 1, "FILE|PID"))
    return OPTIONS_WRONG;
  return option == OPTIONS_PARSED ? export_check(options) : (enum options_end)option;
}

/* ---- The file that is written ---- */

static int export_write_file(const struct export_request *request,
                             const struct export_options *options) {
  char message[PATH_MAX + 160];
  return formats_write(options->format, options->output, request, options->value, message,
                       sizeof message)
             ? COMMAND_DONE
             : message_error("%s", message);
}

static int export_write(struct export_request *request, const struct export_options *options,
                        const struct analysis_query *query) {
  struct analysis_report *report = analysis_query(request->analysis, query);
  if (!report)
    return message_error("%s: there is not enough memory for the export", request->path);
  request->report = report;
  int code = COMMAND_DONE;
  if (options->output)
    code = export_write_file(request, options);
  else if (!options->format->write(stdout, request, options->value) &&
           !ferror(stdout)) /* of that, main tells */
    code = message_error("%s: there is not enough memory for the export", request->path);
  analysis_report_free(report);
  return code;
}

/* ---- From the trace to the figures ---- */

static int export_interval(const struct opened *opened, const struct export_options *options) {
  struct analysis_query query = {.by = ANALYSIS_BY_SITE};
  const char *last = *options->peak ? options->peak : options->to;
  struct analysis_filter *filter;
  int code = opened_query(opened, options->from, last, options->filter, &query, &filter);
  if (code != COMMAND_DONE)
    return code;
  struct export_request request = {.path = opened->path,
                                   .trace = opened->trace,
                                   .symbols = opened->symbols,
                                   .analysis = opened->analysis};
  code = export_write(&request, options, &query);
  analysis_filter_free(filter);
  return code;
}

/* Reads the trace: an analysis that keeps the moments the options name. */
static int export_analyse(struct opened *opened, const struct export_options *options) {
  const char *const names[] = {options->from, options->to, options->peak};
  return opened_analyse(opened, options->rules, names, 3);
}

/* Finds the time when most stood. What stood there in detail takes a second reading, in which this
 * time is one of the moments kept. */
static int export_find_peak(struct opened *opened, struct export_options *options) {
  int code = export_analyse(opened, options);
  if (code == COMMAND_DONE)
    formats_peak(opened->trace, opened->analysis, options->peak);
  return code;
}

static int export_read(struct opened *opened, struct export_options *options) {
  int code = COMMAND_DONE;
  if (options->format->at_peak)
    code = export_find_peak(opened, options);
  if (code == COMMAND_DONE)
    code = export_analyse(opened, options);
  damage_warn(opened->path, opened->trace);
  return code == COMMAND_DONE ? export_interval(opened, options) : code;
}

int command_export(int argc, char **argv) {
  struct export_options options = {0};
  enum options_end end = export_parse(argc, argv, &options);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  struct opened opened;
  int code = opened_open(&opened, argv[optind]);
  if (code == COMMAND_DONE)
    code = export_read(&opened, &options);
  opened_close(&opened);
  return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/compare.h"

#include "commands/command.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/subject.h"

#include <string.h>

static const char diff_help[] =
    "Usage: seep diff OLD NEW [OPTION...]\n"
    "\n"
    "Prints which calls hold memory in one of two traces and not in the other, or\n"
    "more or less of it, the largest difference first. The traces may come from\n"
    "different builds: calls are found again by module, function and order.\n"
    "\n"
    "      --from MARK       begin, in both: a mark's label, #N, +30s\n"
    "      --to MARK         end, in both; 'start' and 'end' always exist\n"
    "      --normalize HOW   none (default); units: per unit of work that the marks\n"
    "                        give; time: per hour\n"
    "      --tolerance N     differences of at most N percent are none (default: 0)\n"
    "  -n, --limit N         at most N rows; 0: all. Default: 20 as text, 0 as JSON\n"
    "      --filter EXPR     only matching calls, as for 'seep report'\n"
    "      --rules FILE      more rules for what is a service's own frame\n"
    "      --format FORMAT   text (default) or json\n"
    "      --exit-code       exit status 1 when there is a difference\n"
    "  -h, --help            this text\n"
    "\n"
    "Exit status: 0; 1 with --exit-code, when there are differences; 2 wrong usage,\n"
    "or a trace cannot be read.\n";

#define DIFF_TEXT_LIMIT 20

struct diff_options {
  struct subject_options subject;
  enum compare_normal normal;
  double tolerance;
  uint64_t limit;
  bool limited, json, exit_code;
};

enum diff_option {
  DIFF_FROM = 256,
  DIFF_TO,
  DIFF_NORMALIZE,
  DIFF_TOLERANCE,
  DIFF_FILTER,
  DIFF_RULES,
  DIFF_FORMAT,
  DIFF_EXIT_CODE,
};

static const struct option diff_longs[] = {{"from", required_argument, NULL, DIFF_FROM},
                                           {"to", required_argument, NULL, DIFF_TO},
                                           {"normalize", required_argument, NULL, DIFF_NORMALIZE},
                                           {"tolerance", required_argument, NULL, DIFF_TOLERANCE},
                                           {"limit", required_argument, NULL, 'n'},
                                           {"filter", required_argument, NULL, DIFF_FILTER},
                                           {"rules", required_argument, NULL, DIFF_RULES},
                                           {"format", required_argument, NULL, DIFF_FORMAT},
                                           {"exit-code", no_argument, NULL, DIFF_EXIT_CODE},
                                           OPTIONS_COMMON};

static const struct options_set diff_set = {":hVn:", diff_longs, diff_help};

static bool diff_take_normal(struct diff_options *options) {
  int normal = compare_normal_of(optarg);
  if (normal < 0)
    options_wrong("--normalize %s: none, units or time expected", optarg);
  else
    options->normal = (enum compare_normal)normal;
  return normal >= 0;
}

static bool diff_take_limit(struct diff_options *options) {
  options->limited = true;
  if (options_number(optarg, SIZE_MAX, &options->limit))
    return true;
  options_wrong("--limit %s: a whole number expected", optarg);
  return false;
}

static bool diff_take(struct diff_options *options, int option) {
  switch (option) {
  case DIFF_FROM:
    options->subject.from = optarg;
    return true;
  case DIFF_TO:
    options->subject.to = optarg;
    return true;
  case DIFF_FILTER:
    options->subject.filter = optarg;
    return true;
  case DIFF_RULES:
    options->subject.rules = optarg;
    return true;
  case DIFF_NORMALIZE:
    return diff_take_normal(options);
  case DIFF_TOLERANCE:
    return subject_percent("--tolerance", optarg, &options->tolerance);
  case DIFF_FORMAT:
    return subject_format(optarg, &options->json);
  case DIFF_EXIT_CODE:
    return options->exit_code = true;
  default:
    return diff_take_limit(options);
  }
}

static enum options_end diff_parse(int argc, char **argv, struct diff_options *options) {
  int option;
  while ((option = options_next(argc, argv, &diff_set)) >= 0)
    if (!diff_take(options, option))
      return OPTIONS_WRONG;
  if (!options->limited && !options->json)
    options->limit = DIFF_TEXT_LIMIT;
  if (option == OPTIONS_PARSED && !options_operands(argc, argv, 2, 2, "OLD and NEW"))
    return OPTIONS_WRONG;
  return option;
}

/* ---- From two traces to the page ---- */

/* Reads one of the two, as far as it can be normalised. */
static int diff_open(struct subject *subject, const char *text,
                     const struct diff_options *options) {
  int code = subject_open(subject, text, &options->subject);
  if (code == COMMAND_DONE)
    code = subject_take(subject, NULL, false);
  if (code != COMMAND_DONE || compare_divisor(&subject->inventory, options->normal) > 0)
    return code;
  if (options->normal == COMPARE_UNITS)
    return subject_without_units(subject, "--normalize units");
  return message_error("--normalize time needs an interval with a duration, and that of %s has "
                       "none: choose other marks",
                       subject->opened.path);
}

static int diff_write(const struct subject *old, const struct subject *new,
                      const struct diff_options *options) {
  struct comparison comparison;
  if (!compare_make(&comparison, &old->inventory, &new->inventory, options->normal,
                    options->tolerance))
    return message_error("there is not enough memory for the comparison");
  const struct page_diff page = {subject_side(old), subject_side(new), &comparison, options->normal,
                                 options->limit};
  if (options->json)
    diff_json(stdout, &page);
  else
    diff_text(stdout, &page);
  int code = message_flush_stdout();
  if (code == COMMAND_DONE && options->exit_code && comparison.count)
    code = COMMAND_NO;
  compare_release(&comparison);
  return code;
}

int command_diff(int argc, char **argv) {
  struct diff_options options = {.normal = COMPARE_NONE};
  enum options_end end = diff_parse(argc, argv, &options);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  struct subject old, new = {.report = NULL};
  int code = diff_open(&old, argv[optind], &options);
  if (code == COMMAND_DONE)
    code = diff_open(&new, argv[optind + 1], &options);
  if (code == COMMAND_DONE)
    code = diff_write(&old, &new, &options);
  subject_close(&old);
  subject_close(&new);
  return code;
}

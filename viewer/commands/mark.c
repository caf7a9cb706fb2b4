/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/command.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/target.h"
#include "trace/trace.h"

#include <limits.h>
#include <string.h>

#define MARK_LABEL_BYTES 255 /* what a trace keeps of a label */

static const char mark_help[] =
    "Usage: seep mark FILE|PID [--units N] LABEL\n"
    "\n"
    "Puts a mark named LABEL into a trace, at the present moment. Reports, the\n"
    "viewer and diffs can then look at what lies between two marks.\n"
    "\n"
    "FILE is the trace of a running or a finished target; PID the process that is\n"
    "recorded (a number that is also a file's name means the file).\n"
    "\n"
    "  -u, --units N   N units of work (sessions, requests, ...) were done since the\n"
    "                  mark before: growth is then told per unit\n"
    "  -h, --help      this text\n"
    "\n"
    "Exit status: 0 the mark was put; 2 it was not, and why.\n";

static const struct option mark_longs[] = {{"units", required_argument, NULL, 'u'}, OPTIONS_COMMON};

static const struct options_set mark_options = {":hVu:", mark_longs, mark_help};

static enum options_end mark_parse(int argc, char **argv, uint64_t *units) {
  int option;
  while ((option = options_next(argc, argv, &mark_options)) >= 0)
    if (!options_number(optarg, INT64_MAX, units))
      return options_wrong("--units %s: a whole number expected", optarg);
  if (option == OPTIONS_PARSED && !options_operands(argc, argv, 2, 2, "FILE|PID and LABEL"))
    return OPTIONS_WRONG;
  return option;
}

/* Labels that --from and --to read as something else can be put, but must be named as #N. */
static bool mark_is_ambiguous(const char *label) {
  return strchr("#+@", *label) || !strcmp(label, "start") || !strcmp(label, "end");
}

static bool mark_label_is_valid(const char *label) {
  if (!*label)
    options_wrong("the label is empty");
  else if (strlen(label) > MARK_LABEL_BYTES)
    options_wrong("the label has more than %d bytes", MARK_LABEL_BYTES);
  else
    return true;
  return false;
}

int command_mark(int argc, char **argv) {
  uint64_t units = 0;
  enum options_end end = mark_parse(argc, argv, &units);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  const char *label = argv[optind + 1];
  char path[PATH_MAX];
  if (!mark_label_is_valid(label) || !target_find(argv[optind], path, sizeof path))
    return COMMAND_ERROR;
  struct trace_error error = {0};
  if (trace_mark(path, SEEP_MARK_LABEL, label, units, &error) != TRACE_OK)
    return message_trace_error(path, &error);
  if (mark_is_ambiguous(label))
    message_note("'%s' has a meaning of its own in --from and --to: name this mark as #N", label);
  if (!target_is_running(path))
    message_note("the target of %s runs no more: the mark stands behind its end", path);
  return COMMAND_DONE;
}

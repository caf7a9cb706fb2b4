/* SPDX-License-Identifier: Apache-2.0 */
#include "report/info.h"

#include "commands/command.h"
#include "commands/damage.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/target.h"

#include <limits.h>
#include <string.h>

static const char info_help[] =
    "Usage: seep info FILE|PID [--format text|json]\n"
    "\n"
    "Prints what a trace is: process, machine, duration, clock, events, bytes,\n"
    "losses, what the recorder cost, marks, and modules with their build-ids.\n"
    "\n"
    "      --format FORMAT   text (default) or json\n"
    "  -h, --help            this text\n"
    "\n"
    "Exit status: 0; 2 wrong usage, or FILE cannot be read.\n";

static const struct option info_longs[] = {{"format", required_argument, NULL, 'f'},
                                           OPTIONS_COMMON};

static const struct options_set info_options = {":hV", info_longs, info_help};

static enum options_end info_parse(int argc, char **argv, bool *json) {
  int option;
  while ((option = options_next(argc, argv, &info_options)) >= 0) {
    *json = !strcmp(optarg, "json");
    if (!*json && strcmp(optarg, "text") != 0)
      return options_wrong("--format %s: text or json expected", optarg);
  }
  if (option == OPTIONS_PARSED && !options_operands(argc, argv, 1, 1, "FILE"))
    return OPTIONS_WRONG;
  return option;
}

int command_info(int argc, char **argv) {
  bool json = false;
  enum options_end end = info_parse(argc, argv, &json);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  char path[PATH_MAX];
  if (!target_find(argv[optind], path, sizeof path))
    return COMMAND_ERROR;
  struct trace *trace;
  struct trace_error error = {0};
  if (trace_open(path, &trace, &error) != TRACE_OK)
    return message_trace_error(path, &error);
  damage_warn(path, trace);
  struct info_request request = {path, trace, symbols_new(trace, NULL)};
  for (size_t i = 1; request.symbols && i < trace->module_count; i++)
    symbols_try_module(request.symbols, (uint32_t)i);
  bool written = json ? info_json(stdout, &request) : info_text(stdout, &request);
  symbols_free(request.symbols);
  trace_close(trace);
  int code = message_flush_stdout();
  return written || code != COMMAND_DONE
             ? code
             : message_error("%s: there is not enough memory to tell what it is", path);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/command.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/target.h"
#include "screen/viewer.h"

#include <limits.h>
#include <unistd.h>

static const char view_help[] =
    "Usage: seep view [OLD] FILE|PID [OPTION...]\n"
    "\n"
    "Shows a trace on the terminal: the calls with outstanding memory, their stacks\n"
    "and source lines. A trace that is still being written is followed. The key ?\n"
    "lists the keys, q quits. With two traces, their difference is shown first; all\n"
    "other views are of the second.\n"
    "\n"
    "      --from MARK    begin: a mark's label, #N, +30s, @2026-11-23T10:00:00Z\n"
    "      --to MARK      end; 'start' and 'end' always exist\n"
    "      --theme NAME   auto (default), dark, light or mono (also: NO_COLOR)\n"
    "      --rules FILE   more rules for what is a service's own frame\n"
    "  -h, --help         this text\n"
    "\n"
    "Exit status: 0; 2 no terminal, or FILE cannot be read; 128 + n after signal n.\n";

static const struct option view_longs[] = {{"from", required_argument, NULL, 'f'},
                                           {"to", required_argument, NULL, 't'},
                                           {"theme", required_argument, NULL, 'c'},
                                           {"rules", required_argument, NULL, 'r'},
                                           OPTIONS_COMMON};

static const struct options_set view_set = {":hV", view_longs, view_help};

static void view_take(struct viewer_options *options, int option) {
  switch (option) {
  case 'f':
    options->from = optarg;
    break;
  case 't':
    options->to = optarg;
    break;
  case 'c':
    options->theme = optarg;
    break;
  default:
    options->rules_path = optarg;
  }
}

static enum options_end view_parse(int argc, char **argv, struct viewer_options *options) {
  int option;
  while ((option = options_next(argc, argv, &view_set)) >= 0)
    view_take(options, option);
  if (option == OPTIONS_PARSED && !options_operands(argc, argv, 1, 2, "FILE|PID"))
    return OPTIONS_WRONG;
  return option;
}

int command_view(int argc, char **argv) {
  struct viewer_options options = {0};
  enum options_end end = view_parse(argc, argv, &options);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  char path[PATH_MAX], old_path[PATH_MAX], message[1024] = "";
  bool two = argc - optind == 2;
  if (!target_find(argv[argc - 1], path, sizeof path) ||
      (two && !target_find(argv[optind], old_path, sizeof old_path)))
    return COMMAND_ERROR;
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
    return message_error("there is no terminal here ('seep report %s' prints the same)", path);
  options.path = path;
  options.old_path = two ? old_path : NULL;
  int code = viewer_run(&options, message, sizeof message);
  if (*message)
    message_note("%s", message);
  return code;
}

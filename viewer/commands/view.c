/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/command.h"
#include "commands/family.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/target.h"
#include "screen/viewer.h"

#include <limits.h>
#include <unistd.h>

static const char view_help[] =
    "Usage: seep view [OLD] FILE|PID [OPTION...]\n"
    "       seep view --family FILE|PID... [OPTION...]\n"
    "\n"
    "Shows a trace on the terminal: the calls with outstanding memory, their stacks\n"
    "and source lines. A trace that is still being written is followed. The key ?\n"
    "lists the keys, q quits. With two traces, their difference is shown first; all\n"
    "other views are of the second.\n"
    "\n"
    "      --family       all processes that were recorded together: FILE's parents\n"
    "                     and children whose traces are in its directory, or the\n"
    "                     FILEs alone; their sites are joined, Enter opens a process\n"
    "      --from MARK    begin: a mark's label, #N, +30s, @2026-11-23T10:00:00Z\n"
    "      --to MARK      end; 'start' and 'end' always exist\n"
    "      --theme NAME   auto (default), dark, light or mono (also: NO_COLOR)\n"
    "      --rules FILE   more rules for what is a service's own frame\n"
    "  -h, --help         this text\n"
    "\n"
    "Exit status: 0; 2 no terminal, or FILE cannot be read; 128 + n after signal n.\n";

static const struct option view_longs[] = {
    {"from", required_argument, NULL, 'f'},  {"to", required_argument, NULL, 't'},
    {"theme", required_argument, NULL, 'c'}, {"rules", required_argument, NULL, 'r'},
    {"family", no_argument, NULL, 'p'},      OPTIONS_COMMON};

static const struct options_set view_set = {":hV", view_longs, view_help};

static void view_take(struct viewer_options *options, bool *family, int option) {
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
  case 'p':
    *family = true;
    break;
  default:
    options->rules_path = optarg;
  }
}

static enum options_end view_parse(int argc, char **argv, struct viewer_options *options,
                                   bool *family) {
  int option;
  while ((option = options_next(argc, argv, &view_set)) >= 0)
    view_take(options, family, option);
  if (option == OPTIONS_PARSED &&
      !options_operands(argc, argv, 1, *family ? INT_MAX : 2, "FILE|PID"))
    return OPTIONS_WRONG;
  return option;
}

static int view_run(struct viewer_options *options, const char *const *paths, size_t count,
                    bool family) {
  char message[1024] = "";
  options->path = paths[family ? 0 : count - 1];
  options->old_path = !family && count == 2 ? paths[0] : NULL;
  options->family = family ? paths : NULL;
  options->family_count = count;
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
    return message_error("there is no terminal here ('seep report %s%s' prints the same)",
                         family ? "--family " : "", options->path);
  int code = viewer_run(options, message, sizeof message);
  if (*message)
    message_note("%s", message);
  return code;
}

int command_view(int argc, char **argv) {
  struct viewer_options options = {0};
  bool family = false;
  enum options_end end = view_parse(argc, argv, &options, &family);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  size_t count = (size_t)(argc - optind);
  char **paths = family_paths(argv + optind, count);
  int code = paths ? view_run(&options, (const char *const *)paths, count, family) : COMMAND_ERROR;
  family_free_paths(paths);
  return code;
}

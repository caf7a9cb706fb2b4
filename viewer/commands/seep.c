/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/command.h"
#include "commands/message.h"

#include <stdio.h>
#include <string.h>

struct seep_command {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *summary;
};

static const struct seep_command seep_commands[] = {
    {"run", command_run, "runs a program and records its allocations"},
    {"attach", command_attach, "records a process that runs already"},
    {"detach", command_detach, "ends that, and leaves the process as it was"},
    {"mark", command_mark, "puts a mark into a running or a finished trace"},
    {"pause", command_pause, "stops recording in a running target"},
    {"resume", command_resume, "records again"},
    {"view", command_view, "shows a trace on the terminal, while it is written or later"},
    {"report", command_report, "prints call sites with outstanding memory"},
    {"diff", command_diff, "prints what two traces' call sites hold differently"},
    {"check", command_check, "holds a trace against a budget, for continuous integration"},
    {"export", command_export, "writes a trace for other tools"},
    {"info", command_info, "prints what a trace is and how complete it is"},
    {"doctor", command_doctor, "says before a run what will be seen of a program"},
};

#define SEEP_COMMAND_COUNT (sizeof seep_commands / sizeof *seep_commands)

static const struct seep_command *seep_find(const char *name) {
  for (size_t i = 0; i < SEEP_COMMAND_COUNT; i++)
    if (!strcmp(seep_commands[i].name, name))
      return &seep_commands[i];
  return NULL;
}

static void seep_print_help(void) {
  puts("Usage: seep COMMAND [OPTION...] [OPERAND...]\n"
       "\n"
       "Finds out which calls of a C, C++ or Rust program take memory and never give\n"
       "it back.\n");
  for (size_t i = 0; i < SEEP_COMMAND_COUNT; i++)
    printf("  %-8s %s\n", seep_commands[i].name, seep_commands[i].summary);
  puts("\n"
       "  seep help COMMAND, seep COMMAND --help   how a command is used\n"
       "  seep --version                           the version\n"
       "\n"
       "Begin with:  seep run -o load.seep -- ./service ARGUMENTS\n"
       "             seep view load.seep");
}

static int seep_unknown(const char *name) {
  return message_error("there is no command '%s' ('seep --help' lists them)", name);
}

static int seep_execute(int argc, char **argv) {
  const struct seep_command *command = seep_find(argv[0]);
  if (!command)
    return seep_unknown(argv[0]);
  message_speaker(command->name);
  return command->run(argc, argv);
}

/* `seep help COMMAND` is `seep COMMAND --help`. */
static int seep_help(const char *name) {
  char ask[] = "--help";
  char *argv[] = {(char *)name, ask, NULL};
  if (name)
    return seep_execute(2, argv);
  seep_print_help();
  return COMMAND_DONE;
}

static int seep_dispatch(int argc, char **argv) {
  const char *word = argv[1];
  if (argc < 2)
    return message_error("no command given ('seep --help' lists them)");
  if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
    return seep_help(argv[2]);
  if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
    puts("seep " SEEP_VERSION);
    return COMMAND_DONE;
  }
  return seep_execute(argc - 1, argv + 1);
}

int main(int argc, char **argv) {
  int code = seep_dispatch(argc, argv);
  message_speaker(NULL);
  int written = message_flush_stdout();
  return code == COMMAND_DONE ? written : code;
}

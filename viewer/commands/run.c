/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/child.h"
#include "commands/command.h"
#include "commands/library.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/output.h"
#include "commands/prognosis.h"
#include "commands/program.h"
#include "commands/recording.h"
#include "commands/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char run_help[] =
    "Usage: seep run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
    "\n"
    "Runs COMMAND with the recorder preloaded, hands signals on to it, and ends with\n"
    "its exit status (128 + n after signal n). Then says on stderr what was recorded.\n"
    "\n"
    "  -o, --output FILE   the trace to write; in it stand %p for the process id, %e\n"
    "                      for the program, %t for the start as seconds since 1970\n"
    "                      (%% is a percent sign). Default: seep.%e.%p.seep. An older\n"
    "                      trace is kept as FILE.old, no other file is replaced\n"
    "      --children      records processes that COMMAND starts, too\n"
    "      --depth N       keeps the N innermost frames of a stack (default 0: all)\n"
    "      --all-events    writes every event, also blocks freed soon after\n"
    "      --unwind WAY    how stacks are found: auto (default) or libunwind\n"
    "      --free-stacks N of N frees one has its stack taken, to say who frees\n"
    "                      what (default 4096; off: none). The first frees of a\n"
    "                      calling place are taken more often\n"
    "      --mmap          records mmap, munmap and mremap as well\n"
    "      --max-size N    the trace has at most N bytes (K, M, G behind it; 1M or\n"
    "                      more). As it fills, fewer blocks are followed one by one,\n"
    "                      and stand for the others; every view says how many\n"
    "      --client-requests  takes what the program tells Valgrind of its pools;\n"
    "                      patches its code in memory for that\n"
    "  -h, --help          this text\n"
    "\n"
    "Each option is also a variable, with the library preloaded without 'seep run':\n"
    "SEEP_OUT, SEEP_CHILDREN=1, SEEP_DEPTH, SEEP_ALL_EVENTS=1, SEEP_UNWIND,\n"
    "SEEP_FREE_STACKS, SEEP_MMAP=1, SEEP_MAX_SIZE, SEEP_CLIENT_REQUESTS=1. See\n"
    "seep-run(1) and libseep(7).\n"
    "\n"
    "Exit status: that of COMMAND; 127 it was not found, 126 it cannot be executed;\n"
    "2 wrong usage, or FILE is taken.\n";

static const struct option run_longs[] = {RECORDING_OPTIONS,
                                          {"children", no_argument, NULL, 'c'},
                                          {"client-requests", no_argument, NULL, 'r'},
                                          OPTIONS_COMMON};

static const struct options_set run_options = {"+:hVo:", run_longs, run_help};

static bool run_apply(int option) {
  switch (option) {
  case 'c':
    return setenv("SEEP_CHILDREN", "1", 1) == 0;
  case 'r':
    return setenv("SEEP_CLIENT_REQUESTS", "1", 1) == 0;
  default:
    return recording_apply(option);
  }
}

static enum options_end run_parse(int argc, char **argv) {
  int option;
  while ((option = options_next(argc, argv, &run_options)) >= 0)
    if (!run_apply(option))
      return OPTIONS_WRONG;
  if (option == OPTIONS_PARSED && optind == argc)
    return options_wrong("COMMAND expected");
  return option;
}

static bool run_set_output(struct output *output) {
  const char *named = getenv("SEEP_OUT");
  char absolute[2 * PATH_MAX];
  return output_begin(output, named && *named ? named : OUTPUT_DEFAULT) &&
         output_absolute(output, absolute, sizeof absolute) && setenv("SEEP_OUT", absolute, 1) == 0;
}

struct run {
  struct output output;
  char program[PATH_MAX]; /* "" when it was not found */
};

/* In the child, whose number is known only now. Only the process that SEEP_ROOT names, and what it
 * becomes by execve, is recorded without SEEP_CHILDREN. */
static bool run_before(void *data) {
  struct run *run = data;
  char root[16];
  snprintf(root, sizeof root, "%d", (int)getpid());
  if (*run->program && !output_make_way(&run->output, getpid(), run->program))
    return false;
  return setenv("SEEP_ROOT", root, 1) == 0;
}

/* Says what will not be seen of the program before it runs. */
static enum finding_weight run_inspect(const struct run *run, const char *name) {
  char path[PATH_MAX];
  struct inspect_target target;
  struct diagnosis diagnosis = {0};
  memcpy(path, run->program, sizeof path);
  if (*path && program_interpreter(path) && inspect_target_program(&target, path)) {
    inspect_quickly(&target, &diagnosis);
    inspect_target_free(&target);
  }
  prognosis_say(name, &diagnosis);
  enum finding_weight weight = diagnosis_weight(&diagnosis);
  diagnosis_free(&diagnosis);
  return weight;
}

static void run_summarize(const struct run *run, const struct child *child, const char *name,
                          enum finding_weight weight) {
  char path[PATH_MAX];
  if (output_find(&run->output, child->pid, path))
    summary_print(path, child->wait_status);
  else if (weight < FINDING_BLOCKS) /* else it was said before */
    summary_print_nothing(name);
}

int command_run(int argc, char **argv) {
  enum options_end end = run_parse(argc, argv);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  struct run run = {0};
  const char *name = argv[optind];
  if (!program_find(name, run.program))
    *run.program = '\0';
  if (!run_set_output(&run.output))
    return COMMAND_ERROR;
  enum finding_weight weight = run_inspect(&run, name);
  if (weight < FINDING_HARMS && !library_preload())
    return COMMAND_ERROR;
  struct child child;
  int code = child_start(&child, argv + optind, run_before, &run);
  if (code != COMMAND_DONE)
    return code;
  code = child_wait(&child);
  run_summarize(&run, &child, name, weight);
  return code;
}

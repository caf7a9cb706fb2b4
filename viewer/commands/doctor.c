/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/command.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/prognosis.h"
#include "commands/program.h"
#include "trace/trace.h"

#include <stdio.h>
#include <string.h>

static const char doctor_help[] =
    "Usage: seep doctor [--format text|json] [--] COMMAND [ARGUMENT...]\n"
    "       seep doctor [--format text|json] PID\n"
    "\n"
    "Says what seep will and will not see of a program, why, and what to do about\n"
    "it, from the files that it consists of and the limits that it has. Nothing is\n"
    "executed. Of a script its interpreter is looked at.\n"
    "\n"
    "      --format FORMAT   text (default) or json\n"
    "  -h, --help            this text\n"
    "\n"
    "Exit status: 0 it can be recorded, perhaps in part; 1 it cannot; 2 wrong usage,\n"
    "or there is no such program.\n";

static const struct option doctor_longs[] = {{"format", required_argument, NULL, 'f'},
                                             OPTIONS_COMMON};

static const struct options_set doctor_options = {"+:hV", doctor_longs, doctor_help};

static enum options_end doctor_parse(int argc, char **argv, bool *json) {
  int option;
  while ((option = options_next(argc, argv, &doctor_options)) >= 0) {
    *json = !strcmp(optarg, "json");
    if (!*json && strcmp(optarg, "text") != 0)
      return options_wrong("--format %s: text or json expected", optarg);
  }
  if (option == OPTIONS_PARSED && optind == argc)
    return options_wrong("COMMAND or PID expected");
  return option;
}

static bool doctor_open_process(struct inspect_target *target, uint64_t pid) {
  if (inspect_target_process(target, pid))
    return true;
  message_error("process %llu is not there, or not ours to look at", (unsigned long long)pid);
  return false;
}

static bool doctor_open_program(struct inspect_target *target, const char *name) {
  char path[PATH_MAX];
  if (!program_find(name, path))
    return message_error("%s: command not found", name) == COMMAND_DONE;
  if (!program_interpreter(path))
    return message_error("%s: its interpreter was not found", name) == COMMAND_DONE;
  if (inspect_target_program(target, path))
    return true;
  return message_error("%s is no ELF file", path) == COMMAND_DONE;
}

/* Only of a process: what it loads later cannot be told. */
static void doctor_look_for_recorder(const struct inspect_target *target,
                                     struct diagnosis *diagnosis) {
  char trace[PATH_MAX];
  if (!target->pid)
    return;
  if (trace_of_pid(target->pid, trace, sizeof trace, NULL) == TRACE_OK)
    diagnosis_add(diagnosis, FINDING_FINE, "recorder", "", "is recorded to %s", trace);
  else
    diagnosis_add(diagnosis, FINDING_NOTE, "recorder",
                  "seep attach records it from now on; seep run would from its start",
                  "is not recorded");
}

int command_doctor(int argc, char **argv) {
  bool json = false;
  enum options_end end = doctor_parse(argc, argv, &json);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  struct prognosis_subject subject = {argv[optind], NULL, 0};
  struct inspect_target target;
  bool is_process = argc - optind == 1 && options_number(subject.name, INT_MAX, &subject.pid);
  if (!(is_process ? doctor_open_process(&target, subject.pid)
                   : doctor_open_program(&target, subject.name)))
    return COMMAND_ERROR;
  struct diagnosis diagnosis = {0};
  inspect_all(&target, &diagnosis);
  doctor_look_for_recorder(&target, &diagnosis);
  subject.path = target.path;
  (json ? prognosis_print_json : prognosis_print_text)(stdout, &subject, &diagnosis);
  enum finding_weight weight = diagnosis_weight(&diagnosis);
  diagnosis_free(&diagnosis);
  inspect_target_free(&target);
  return weight < FINDING_BLOCKS ? COMMAND_DONE : COMMAND_NO;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/attach.h"
#include "attach/standing.h"
#include "commands/command.h"
#include "commands/library.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/order.h"
#include "commands/output.h"
#include "commands/prognosis.h"
#include "commands/recording.h"
#include "trace/trace.h"

#include <stdlib.h>
#include <string.h>

#define ATTACH_TRIES 5

static const char attach_help[] =
    "Usage: seep attach [OPTION...] PID\n"
    "\n"
    "Records a process that runs already, from now on: puts libseep.so into it and\n"
    "its calls of allocating functions through there. 'seep detach' ends it and\n"
    "leaves the process as it was. Blocks that it has from before are not known.\n"
    "\n"
    "  -o, --output FILE  the trace, which the process itself makes: as its user, and\n"
    "                     below its root directory. In it stand %p for its number,\n"
    "                     %e for its program, %t for seconds since 1970. Default:\n"
    "                     seep.%e.%p.seep in this directory\n"
    "      --timeout S    waits so many seconds for a moment at which the library can\n"
    "                     be loaded (default 10)\n"
    "      --depth N      keeps the N innermost frames of a stack (default 0: all)\n"
    "      --all-events   writes every event, also blocks freed soon after\n"
    "      --unwind WAY   how stacks are found: auto (default) or libunwind\n"
    "      --free-stacks N\n"
    "                     of N frees one has its stack taken (default 4096; off)\n"
    "      --mmap         records mmap, munmap and mremap as well\n"
    "      --max-size N   of the trace, with K, M or G: see seep-run(1)\n"
    "      --despite-seccomp\n"
    "                     goes on although the process has a seccomp filter, which\n"
    "                     may end it for that\n"
    "  -h, --help         this text\n"
    "\n"
    "Exit status: 0 it is recorded from now on; 2 it is not, and why: then it runs on\n"
    "as before.\n";

static const struct option attach_longs[] = {RECORDING_OPTIONS,
                                             {"timeout", required_argument, NULL, 't'},
                                             {"despite-seccomp", no_argument, NULL, 'S'},
                                             OPTIONS_COMMON};

static const struct options_set attach_options = {":hVo:", attach_longs, attach_help};

static bool attach_apply(int option, struct attach_request *request) {
  if (option == 'S')
    request->despite_seccomp = true;
  else if (option == 't')
    return order_timeout(optarg, &request->timeout);
  else
    return recording_apply(option);
  return true;
}

static enum options_end attach_parse(int argc, char **argv, struct attach_request *request) {
  int option;
  while ((option = options_next(argc, argv, &attach_options)) >= 0)
    if (!attach_apply(option, request))
      return OPTIONS_WRONG;
  if (option == OPTIONS_PARSED && !options_operands(argc, argv, 1, 1, "PID"))
    return OPTIONS_WRONG;
  uint64_t pid;
  if (option == OPTIONS_PARSED && (!options_number(argv[optind], INT_MAX, &pid) || !pid))
    return options_wrong("'%s' is no process id", argv[optind]);
  if (option == OPTIONS_PARSED)
    request->pid = (pid_t)pid;
  return option;
}

/* The template, absolute: the process may be in another directory. */
static bool attach_set_output(void) {
  const char *named = getenv("SEEP_OUT");
  struct output output;
  char absolute[2 * PATH_MAX];
  return output_begin(&output, named && *named ? named : OUTPUT_DEFAULT) &&
         output_absolute(&output, absolute, sizeof absolute) &&
         setenv("SEEP_OUT", absolute, 1) == 0;
}

static bool attach_is_recorded(pid_t pid) {
  char trace[PATH_MAX];
  if (trace_of_pid((uint64_t)pid, trace, sizeof trace, NULL) != TRACE_OK)
    return false;
  message_error("process %d is recorded already, to %s", (int)pid, trace);
  return true;
}

/* What keeps it from being recorded at all; privileges that it gained by its start do not. */
static const struct finding *attach_obstacle(const struct diagnosis *diagnosis) {
  for (size_t i = 0; i < diagnosis->count; i++)
    if (diagnosis->list[i].weight >= FINDING_BLOCKS &&
        strcmp(diagnosis->list[i].check, "privileges") != 0)
      return &diagnosis->list[i];
  return NULL;
}

/* Says why not, or what will not be seen. executable has PATH_MAX bytes. */
static bool attach_inspect(pid_t pid, char *executable) {
  struct inspect_target target;
  struct diagnosis diagnosis = {0};
  char name[32];
  snprintf(name, sizeof name, "process %d", (int)pid);
  if (!inspect_target_process(&target, (uint64_t)pid)) {
    message_error("%s is not there, or not ours to look at", name);
    return false;
  }
  inspect_loading(&target, &diagnosis);
  inspect_sanitizer(&target, &diagnosis);
  inspect_allocator(&target, &diagnosis);
  memcpy(executable, target.path, sizeof target.path);
  inspect_target_free(&target);
  const struct finding *obstacle = attach_obstacle(&diagnosis);
  if (obstacle)
    message_error("%s %s: it cannot be recorded", name, obstacle->meaning);
  else
    prognosis_say_parts(name, &diagnosis);
  diagnosis_free(&diagnosis);
  return !obstacle;
}

static int attach_succeeded(const struct attach_request *request,
                            const struct attach_outcome *outcome) {
  char trace[PATH_MAX];
  if (trace_of_pid((uint64_t)request->pid, trace, sizeof trace, NULL) != TRACE_OK)
    return message_error("process %d is recorded, but its trace cannot be seen from here",
                         (int)request->pid);
  double before = standing_of(request->pid).seconds;
  message_note("records process %d to %s; it had run for %.1f s: blocks from before are not seen",
               (int)request->pid, trace, before);
  message_note("one thread was held for %.1f ms and worked for %.1f ms; %llu calls are patched "
               "('seep detach %d' puts them back)",
               outcome->held_s * 1e3, outcome->called_s * 1e3, (unsigned long long)outcome->calls,
               (int)request->pid);
  return COMMAND_DONE;
}

/* One that is just being started may become another program between our looking at it and holding
 * it. */
static bool attach_to_what_it_is(struct attach_request *request, enum attach_status *status,
                                 struct attach_outcome *outcome) {
  char executable[PATH_MAX];
  request->executable = executable;
  for (int tries = 0; tries < ATTACH_TRIES; tries++) {
    if (!attach_inspect(request->pid, executable))
      return false;
    *status = attach_order(request, outcome);
    if (*status != ATTACH_CHANGED)
      break;
  }
  request->executable = NULL;
  return true;
}

int command_attach(int argc, char **argv) {
  struct attach_request request = {.action = SEEP_ATTACH_BEGIN, .timeout = ORDER_TIMEOUT};
  char settings[SEEP_ATTACH_SETTINGS - 2], library[PATH_MAX];
  enum options_end end = attach_parse(argc, argv, &request);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  if (attach_is_recorded(request.pid) || !attach_set_output() || !library_find(library))
    return COMMAND_ERROR;
  if (!recording_settings(settings, sizeof settings, &request.settings_bytes))
    return message_error("the options are too long");
  request.settings = settings;
  request.library = library;
  struct attach_outcome outcome;
  enum attach_status status = ATTACH_CHANGED;
  if (!attach_to_what_it_is(&request, &status, &outcome))
    return COMMAND_ERROR;
  if (status == ATTACH_OK && outcome.result == SEEP_ATTACH_DONE)
    return attach_succeeded(&request, &outcome);
  return order_failed(&request, status, &outcome);
}

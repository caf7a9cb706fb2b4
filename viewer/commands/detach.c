/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/attach.h"
#include "attach/standing.h"
#include "commands/command.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/order.h"
#include "commands/target.h"
#include "trace/trace.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char detach_help[] =
    "Usage: seep detach [OPTION...] FILE|PID\n"
    "\n"
    "Ends a recording that 'seep attach' began: the process's calls are put back, and\n"
    "its trace is completed. libseep.so stays loaded and does nothing; a later\n"
    "'seep attach' uses it again.\n"
    "\n"
    "      --timeout S       waits so many seconds for a moment at which that can be\n"
    "                        done, and for threads that are in the recorder's code\n"
    "                        (default 10)\n"
    "      --despite-seccomp goes on although the process has a seccomp filter\n"
    "  -h, --help            this text\n"
    "\n"
    "Exit status: 0 done; 2 not, and why: then it is recorded as before, or, where a\n"
    "thread did not leave the recorder's code, not any more, and its trace is open.\n";

static const struct option detach_longs[] = {{"timeout", required_argument, NULL, 't'},
                                             {"despite-seccomp", no_argument, NULL, 'S'},
                                             OPTIONS_COMMON};

static const struct options_set detach_options = {":hV", detach_longs, detach_help};

static enum options_end detach_parse(int argc, char **argv, struct attach_request *request) {
  int option;
  while ((option = options_next(argc, argv, &detach_options)) >= 0) {
    if (option == 'S')
      request->despite_seccomp = true;
    else if (!order_timeout(optarg, &request->timeout))
      return OPTIONS_WRONG;
  }
  if (option == OPTIONS_PARSED && !options_operands(argc, argv, 1, 1, "FILE|PID"))
    return OPTIONS_WRONG;
  return option;
}

static bool detach_writes(pid_t pid, const char *path) {
  char own[PATH_MAX], other[PATH_MAX], trace[PATH_MAX];
  return trace_of_pid((uint64_t)pid, trace, sizeof trace, NULL) == TRACE_OK &&
         realpath(trace, own) && realpath(path, other) && !strcmp(own, other);
}

/* The process that a trace names, in a namespace of its own perhaps: then only its own number
 * helps. */
static bool detach_find_writer(const char *path, pid_t *pid) {
  struct trace_error error = {0};
  struct trace *trace;
  if (trace_open(path, &trace, &error) != TRACE_OK) {
    message_trace_error(path, &error);
    return false;
  }
  *pid = (pid_t)trace->process.pid;
  bool running = trace->state == TRACE_RUNNING;
  trace_close(trace);
  if (running && *pid > 0 && detach_writes(*pid, path))
    return true;
  if (running)
    message_error("%s is written by a process of another namespace: give its process id", path);
  else
    message_error("%s: its target runs no more, or it is detached", path);
  return false;
}

static bool detach_find(const char *text, pid_t *pid) {
  uint64_t number;
  if (!options_number(text, INT_MAX, &number) || access(text, F_OK) == 0)
    return detach_find_writer(text, pid);
  *pid = (pid_t)number;
  char trace[PATH_MAX];
  return target_find(text, trace, sizeof trace);
}

static int detach_succeeded(const struct attach_request *request, const char *trace,
                            const struct attach_outcome *outcome) {
  if (outcome->result == SEEP_ATTACH_PARTLY)
    message_note("a part of the trace is left in %s%s, from where it is read", trace,
                 SEEP_STAGE_SUFFIX);
  message_note("%s is complete; process %d has its %llu calls back", trace, (int)request->pid,
               (unsigned long long)outcome->calls);
  return COMMAND_DONE;
}

int command_detach(int argc, char **argv) {
  struct attach_request request = {.action = SEEP_ATTACH_END, .timeout = ORDER_TIMEOUT};
  enum options_end end = detach_parse(argc, argv, &request);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  char trace[PATH_MAX] = "";
  if (!detach_find(argv[optind], &request.pid))
    return COMMAND_ERROR;
  trace_of_pid((uint64_t)request.pid, trace, sizeof trace, NULL);
  struct attach_outcome outcome;
  enum attach_status status = attach_order(&request, &outcome);
  if (status == ATTACH_OK &&
      (outcome.result == SEEP_ATTACH_DONE || outcome.result == SEEP_ATTACH_PARTLY))
    return detach_succeeded(&request, trace, &outcome);
  return order_failed(&request, status, &outcome);
}

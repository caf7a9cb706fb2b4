/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/steer.h"

#include "commands/command.h"
#include "commands/message.h"
#include "commands/options.h"
#include "commands/target.h"
#include "trace/trace.h"

#include <limits.h>

static const struct option steer_longs[] = {OPTIONS_COMMON};

int steer(int argc, char **argv, const char *help, enum seep_mark_kind kind) {
  struct options_set set = {":hV", steer_longs, help};
  enum options_end end = options_next(argc, argv, &set);
  if (end != OPTIONS_PARSED)
    return options_exit(end);
  char path[PATH_MAX];
  if (!options_operands(argc, argv, 1, 1, "FILE|PID") ||
      !target_find(argv[optind], path, sizeof path))
    return COMMAND_ERROR;
  struct trace_error error = {0};
  struct trace *trace;
  if (trace_open(path, &trace, &error) != TRACE_OK)
    return message_trace_error(path, &error);
  bool running = trace->state == TRACE_RUNNING;
  trace_close(trace);
  if (!running)
    return message_error("%s: its target runs no more, there is nothing to %s", path, argv[0]);
  if (trace_mark(path, kind, argv[0], 0, &error) != TRACE_OK)
    return message_trace_error(path, &error);
  return COMMAND_DONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/target.h"

#include "commands/message.h"
#include "commands/options.h"
#include "trace/trace.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool target_find(const char *text, char *path, size_t path_bytes) {
  uint64_t pid;
  if (!options_number(text, INT_MAX, &pid) || access(text, F_OK) == 0) {
    if ((size_t)snprintf(path, path_bytes, "%s", text) < path_bytes)
      return true;
    message_error("'%.40s...' is too long for a file name", text);
    return false;
  }
  struct trace_error error = {0};
  if (trace_of_pid(pid, path, path_bytes, &error) == TRACE_OK)
    return true;
  message_error("process %s is not recorded by seep%s%s", text, *error.detail ? ": " : "",
                error.detail);
  return false;
}

bool target_is_running(const char *path) {
  struct trace *trace;
  if (trace_open(path, &trace, NULL) != TRACE_OK)
    return false;
  bool running = trace->state == TRACE_RUNNING;
  trace_close(trace);
  return running;
}

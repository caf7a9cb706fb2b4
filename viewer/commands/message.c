/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/message.h"

#include "commands/command.h"
#include "report/escape.h"
#include "trace/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_BYTES 4096

static const char *message_command;

void message_speaker(const char *command) {
  message_command = command;
}

/* A line is written at once, so that it is not torn by what the target writes. */
__attribute__((format(printf, 1, 0))) static void message_line(const char *format, va_list list) {
  char text[MESSAGE_BYTES], harmless[MESSAGE_BYTES], line[MESSAGE_BYTES + 32];
  vsnprintf(text, sizeof text, format, list);
  escape_text(harmless, sizeof harmless, 0, text);
  snprintf(line, sizeof line, "seep%s%s: %s\n", message_command ? " " : "",
           message_command ? message_command : "", harmless);
  fputs(line, stderr);
}

int message_error(const char *format, ...) {
  va_list list;
  va_start(list, format);
  message_line(format, list);
  va_end(list);
  return COMMAND_ERROR;
}

void message_note(const char *format, ...) {
  va_list list;
  va_start(list, format);
  message_line(format, list);
  va_end(list);
}

int message_trace_error(const char *path, const struct trace_error *error) {
  char offset[48] = "";
  if (error->offset)
    snprintf(offset, sizeof offset, " (offset %" PRIu64 ")", error->offset);
  const char *reason = error->system_errno ? strerror(error->system_errno) : "";
  return message_error("%s %s%s%s%s%s%s", path, trace_status_text(error->status), offset,
                       *reason ? ": " : "", reason, *error->detail ? ": " : "", error->detail);
}

int message_flush_stdout(void) {
  static bool said; /* a command flushes before it answers, and the program at its end */
  if (!fflush(stdout) && !ferror(stdout))
    return COMMAND_DONE;
  if (said)
    return COMMAND_ERROR;
  said = true;
  return message_error("standard output cannot be written: %s", strerror(errno));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/summary.h"

#include "commands/message.h"
#include "report/format.h"
#include "report/warnings.h"
#include "trace/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static void summary_ending(int wait_status, char *text, size_t text_bytes) {
  if (WIFSIGNALED(wait_status))
    snprintf(text, text_bytes, "ended by signal %d (%s)%s", WTERMSIG(wait_status),
             strsignal(WTERMSIG(wait_status)), WCOREDUMP(wait_status) ? ", core dumped" : "");
  else
    snprintf(text, text_bytes, "exit status %d", WEXITSTATUS(wait_status));
}

static void summary_losses(const struct trace *trace, char *text, size_t text_bytes) {
  const struct trace_counters *counters = &trace->counters;
  char count[FORMAT_BYTES];
  uint64_t lost = counters->lost_events + counters->unrecorded_events;
  int used = snprintf(text, text_bytes, "%s lost", lost ? format_count(count, lost) : "none");
  if (trace->damage_count)
    used += snprintf(text + used, text_bytes - (size_t)used, ", %zu damaged places",
                     trace->damage_count);
  if (counters->unfollowed_blocks)
    used +=
        snprintf(text + used, text_bytes - (size_t)used, ", %s blocks only counted (--max-size)",
                 format_count(count, counters->unfollowed_blocks));
  if (counters->unrecorded_children)
    snprintf(text + used, text_bytes - (size_t)used, ", %s child processes not recorded (%s)",
             format_count(count, counters->unrecorded_children), warnings_children_hint(trace));
}

/* The path as a shell reads it back. */
static void summary_quote(const char *path, char *text, size_t text_bytes) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "_./,:=@%+-";
  const char *mark = path[strspn(path, plain)] ? "'" : "";
  size_t used = (size_t)snprintf(text, text_bytes, "%s", mark);
  for (; *path && used + 8 < text_bytes; path++)
    used += (size_t)snprintf(text + used, text_bytes - used, *path == '\'' ? "'\\''" : "%c", *path);
  snprintf(text + used, text_bytes - used, "%s", mark);
}

static void summary_print_trace(const struct trace *trace, const char *path, int wait_status) {
  char ending[96], size[FORMAT_BYTES], events[FORMAT_BYTES], exact[FORMAT_BYTES], losses[256];
  uint64_t bytes = trace->counters.file_bytes;
  summary_ending(wait_status, ending, sizeof ending);
  summary_losses(trace, losses, sizeof losses);
  message_note("%s: %s events recorded in %s (%s bytes), %s; %s", path,
               format_count(events, trace->record_count), format_size(size, bytes),
               format_count(exact, bytes), losses, ending);
}

void summary_print(const char *path, int wait_status) {
  struct trace_error error = {0};
  if (trace_fold(path, &error) != TRACE_OK)
    message_trace_error(path, &error);
  struct trace *trace;
  if (trace_open(path, &trace, &error) != TRACE_OK) {
    message_trace_error(path, &error);
    return;
  }
  summary_print_trace(trace, path, wait_status);
  trace_close(trace);
  char quoted[4096];
  summary_quote(path, quoted, sizeof quoted);
  message_speaker(NULL);
  message_note("to look at it: seep view %s", quoted);
}

void summary_print_nothing(const char *name) {
  message_note("nothing was recorded: %s left no trace (the library says why above, or was never "
               "loaded)",
               name);
}

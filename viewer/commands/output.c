/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/output.h"

#include "commands/message.h"
#include "trace/trace.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What is put in a template's place: for %p, %e and %t (NULL: they stay letters), and before
 * special letters of the rest. */
struct output_values {
  const char *pid, *program, *time;
  const char *special, *escape;
};

static const char *output_value(const struct output_values *values, char letter) {
  switch (letter) {
  case 'p':
    return values->pid;
  case 'e':
    return values->program;
  case 't':
    return values->time;
  default:
    return NULL;
  }
}

static bool output_expand(const char *text, const struct output_values *values, char *out,
                          size_t out_bytes) {
  size_t used = 0;
  for (; *text && used < out_bytes; text++) {
    const char *value = *text == '%' ? output_value(values, text[1]) : NULL;
    if (value) {
      used += (size_t)snprintf(out + used, out_bytes - used, "%s", value);
      text++;
      continue;
    }
    bool special = strchr(values->special, *text);
    used += (size_t)snprintf(out + used, out_bytes - used, "%s%c", special ? values->escape : "",
                             *text);
    text += text[0] == '%' && text[1] == '%';
  }
  return used < out_bytes;
}

/* Afterwards %p, %e and %% are the only ones left, which everyone understands alike. */
bool output_begin(struct output *output, const char *text) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  output->start_realtime_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  char time[32];
  snprintf(time, sizeof time, "%lld", (long long)now.tv_sec);
  struct output_values values = {"%p", "%e", time, "%", "%"};
  if (output_expand(text, &values, output->template, sizeof output->template))
    return true;
  message_error("'%.60s...' is too long for the name of a trace", text);
  return false;
}

/* The directory's name may look like a template: its percent signs are doubled. */
static bool output_directory(char *text, size_t text_bytes) {
  char directory[PATH_MAX];
  if (!getcwd(directory, sizeof directory))
    return false;
  size_t used = 0;
  for (const char *letter = directory; *letter && used + 2 < text_bytes; letter++) {
    if (*letter == '%')
      text[used++] = '%';
    text[used++] = *letter;
  }
  text[used] = '\0';
  return true;
}

bool output_absolute(const struct output *output, char *text, size_t text_bytes) {
  char directory[2 * PATH_MAX] = "";
  bool is_absolute = *output->template == '/';
  if (!is_absolute && !output_directory(directory, sizeof directory)) {
    message_error("the working directory has no name: %s", strerror(errno));
    return false;
  }
  int needed =
      snprintf(text, text_bytes, "%s%s%s", directory, is_absolute ? "" : "/", output->template);
  if ((size_t)needed < text_bytes)
    return true;
  message_error("'%.60s...' is too long for the name of a trace", output->template);
  return false;
}

/* ---- Making way ---- */

enum output_kind { OUTPUT_ABSENT, OUTPUT_EMPTY, OUTPUT_TRACE, OUTPUT_RUNNING, OUTPUT_OTHER };

/* A directory that is missing or closed to us is the library's to report: the target runs. */
static enum output_kind output_look(const char *path) {
  struct stat file;
  if (lstat(path, &file) != 0)
    return OUTPUT_ABSENT;
  if (!S_ISREG(file.st_mode))
    return OUTPUT_OTHER;
  if (file.st_size == 0)
    return OUTPUT_EMPTY;
  struct trace *trace;
  if (trace_open(path, &trace, NULL) != TRACE_OK)
    return OUTPUT_OTHER;
  enum output_kind kind = trace->state == TRACE_RUNNING ? OUTPUT_RUNNING : OUTPUT_TRACE;
  trace_close(trace);
  return kind;
}

static bool output_move(const char *from, const char *to) {
  if (rename(from, to) == 0)
    return true;
  message_error("%s cannot be renamed to %s: %s", from, to, strerror(errno));
  return false;
}

/* A stage belongs to its trace: it goes where the trace goes. */
static bool output_move_stage(const char *path, const char *old) {
  char stage[PATH_MAX + 16], old_stage[PATH_MAX + 16];
  snprintf(stage, sizeof stage, "%s" SEEP_STAGE_SUFFIX, path);
  snprintf(old_stage, sizeof old_stage, "%s" SEEP_STAGE_SUFFIX, old);
  unlink(old_stage);
  return access(stage, F_OK) != 0 || output_move(stage, old_stage);
}

static bool output_retire(const char *path) {
  char old[PATH_MAX + 8];
  snprintf(old, sizeof old, "%s.old", path);
  enum output_kind kind = output_look(old);
  if (kind == OUTPUT_OTHER || kind == OUTPUT_RUNNING) {
    message_error("%s is an older trace, and %s, which it would be renamed to, %s: move one away",
                  path, old, kind == OUTPUT_OTHER ? "is no trace" : "is being written");
    return false;
  }
  if (!output_move_stage(path, old) || !output_move(path, old))
    return false;
  message_note("%s: the older trace of that name is now %s", path, old);
  return true;
}

bool output_make_way(const struct output *output, pid_t pid, const char *program) {
  char path[PATH_MAX], digits[16];
  snprintf(digits, sizeof digits, "%d", (int)pid);
  struct output_values values = {digits, basename(program), NULL, "", ""};
  if (!output_expand(output->template, &values, path, sizeof path)) {
    message_error("'%.60s...' is too long for the name of a trace", output->template);
    return false;
  }
  switch (output_look(path)) {
  case OUTPUT_TRACE:
    return output_retire(path);
  case OUTPUT_RUNNING:
    message_error("%s is being written by a running target: choose another name with -o", path);
    return false;
  case OUTPUT_OTHER:
    message_error("%s exists and is no seep trace: choose another name with -o", path);
    return false;
  case OUTPUT_EMPTY:
    if (unlink(path) == 0)
      return true;
    message_error("%s is empty and cannot be replaced: %s", path, strerror(errno));
    return false;
  case OUTPUT_ABSENT:
    break;
  }
  return true;
}

/* ---- Finding what was written ---- */

/* All files that the template may have become: %e is not known. The library renames a trace that
 * the same process wrote before it executed another program to NAME.1 and so on. */
static bool output_list(const struct output *output, pid_t pid, glob_t *found) {
  char pattern[2 * PATH_MAX], numbered[2 * PATH_MAX + 8], digits[16];
  snprintf(digits, sizeof digits, "%d", (int)pid);
  struct output_values values = {digits, "*", NULL, "*?[\\", "\\"};
  if (!output_expand(output->template, &values, pattern, sizeof pattern))
    return false;
  snprintf(numbered, sizeof numbered, "%s.[0-9]*", pattern);
  glob(pattern, 0, NULL, found);
  glob(numbered, GLOB_APPEND, NULL, found);
  return true;
}

/* The start of the trace at path in realtime, 0 if it is not one that pid wrote. */
static uint64_t output_start(const char *path, pid_t pid) {
  struct trace *trace;
  if (trace_open(path, &trace, NULL) != TRACE_OK)
    return 0;
  uint64_t start = trace->process.pid == (uint64_t)pid ? trace->process.start_realtime_ns : 0;
  trace_close(trace);
  return start;
}

/* A forked child shares its parent's lock on the stage until it has run for the first time: a
 * service that goes into the background asks for a moment's patience. */
static void output_fold(const char *path) {
  static const struct timespec moment = {.tv_nsec = 10000000};
  char stage[PATH_MAX + 16];
  snprintf(stage, sizeof stage, "%s" SEEP_STAGE_SUFFIX, path);
  for (int tries = 0; tries < 20; tries++) {
    trace_fold(path, NULL);
    if (access(stage, F_OK) != 0)
      return;
    nanosleep(&moment, NULL);
  }
}

bool output_find(const struct output *output, pid_t pid, char *path) {
  glob_t found = {0};
  if (!output_list(output, pid, &found))
    return false;
  uint64_t first = output->start_realtime_ns - 1000000000u, latest = first; /* coarse clocks lag */
  bool any = false;
  for (size_t i = 0; i < found.gl_pathc; i++) {
    uint64_t start = output_start(found.gl_pathv[i], pid);
    if (start < first)
      continue;
    output_fold(found.gl_pathv[i]);
    if (start < latest)
      continue;
    latest = start;
    any = (size_t)snprintf(path, PATH_MAX, "%s", found.gl_pathv[i]) < PATH_MAX;
  }
  globfree(&found);
  return any;
}

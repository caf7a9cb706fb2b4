/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/process.h"
#include "trace/field.h"

#include <stdlib.h>
#include <string.h>

struct process_fields {
  struct trace_process process;
  struct process_clock more;
  uint64_t format, clock;
  uint8_t *command; /* arguments, each with a NUL behind it */
  size_t command_bytes;
};

#define PLACE(tag, kind, name)                                                                     \
  { SEEP_TAG_##tag, FIELD_##kind, offsetof(struct process_fields, name) }

static const struct field_place process_places[] = {
    PLACE(FORMAT, NUMBER, format),
    PLACE(TRACE_ID, IDENTITY, process.trace_id),
    PLACE(PID, NUMBER, process.pid),
    PLACE(PARENT_PID, NUMBER, process.parent_pid),
    PLACE(PROGRAM, TEXT, process.program),
    PLACE(EXECUTABLE, TEXT, process.executable),
    PLACE(COMMAND, BYTES, command),
    PLACE(CLOCK, NUMBER, clock),
    PLACE(TICKS_PER_SECOND, NUMBER, more.rate_estimate),
    PLACE(STAMP, NUMBER, more.stamp),
    PLACE(MONOTONIC_NS, NUMBER, more.monotonic_ns),
    PLACE(REALTIME_NS, NUMBER, process.start_realtime_ns),
    PLACE(CPUS, NUMBER, process.cpus),
    PLACE(MEMORY_BYTES, NUMBER, process.memory_bytes),
    PLACE(MEMORY_LIMIT_BYTES, NUMBER, process.memory_limit_bytes),
    PLACE(PAGE_BYTES, NUMBER, process.page_bytes),
    PLACE(KERNEL, TEXT, process.kernel),
    PLACE(RECORDER, TEXT, process.recorder),
    PLACE(OPTIONS, TEXT, process.options),
    PLACE(UNWINDER, TEXT, process.unwinder),
    PLACE(ATTACHED_NS, NUMBER, process.attached_ns),
    PLACE(PARENT_TRACE_ID, IDENTITY, process.parent_trace_id),
    PLACE(FORK_STAMP, NUMBER, process.fork_stamp),
    PLACE(PID_START, NUMBER, process.pid_start),
};

static size_t process_argument_count(const uint8_t *command, size_t bytes) {
  size_t count = 0;
  for (size_t i = 0; i < bytes; i++)
    count += command[i] == 0;
  return count + (bytes && command[bytes - 1] != 0);
}

/* The arguments as one allocation: the pointers, then the texts. */
static char **process_split_command(const uint8_t *command, size_t bytes) {
  size_t count = process_argument_count(command, bytes);
  char **arguments = malloc((count + 1) * sizeof *arguments + bytes + 1);
  if (!arguments)
    return NULL;
  char *text = (char *)(arguments + count + 1);
  if (bytes)
    memcpy(text, command, bytes);
  text[bytes] = 0;
  for (size_t i = 0; i < count; i++) {
    arguments[i] = text;
    text += strlen(text) + 1;
  }
  arguments[count] = NULL;
  return arguments;
}

static enum definitions_result process_check(const struct process_fields *fields,
                                             enum field_result result) {
  if (result == FIELD_MEMORY)
    return DEFINITIONS_MEMORY;
  if (result == FIELD_MALFORMED)
    return DEFINITIONS_MALFORMED;
  return fields->format == SEEP_FORMAT_VERSION ? DEFINITIONS_OK : DEFINITIONS_VERSION;
}

enum definitions_result process_decode(struct trace_process *process, struct process_clock *clock,
                                       const uint8_t *payload, size_t bytes) {
  struct process_fields fields = {0};
  enum field_result decoded = field_decode(payload, bytes, process_places,
                                           sizeof process_places / sizeof *process_places, &fields);
  enum definitions_result result = process_check(&fields, decoded);
  if (result == DEFINITIONS_OK)
    fields.process.command = process_split_command(fields.command, fields.command_bytes);
  free(fields.command);
  if (result == DEFINITIONS_OK && !fields.process.command)
    result = DEFINITIONS_MEMORY;
  if (result != DEFINITIONS_OK) {
    process_free(&fields.process);
    return result;
  }
  fields.process.clock =
      fields.clock == SEEP_CLOCK_MONOTONIC_NS ? SEEP_CLOCK_MONOTONIC_NS : SEEP_CLOCK_TSC;
  fields.process.start_stamp = fields.more.stamp;
  *process = fields.process;
  *clock = fields.more;
  return DEFINITIONS_OK;
}

bool process_fill(struct trace_process *process) {
  char **texts[] = {&process->program,  &process->executable, &process->kernel,
                    &process->recorder, &process->unwinder,   &process->options};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!*texts[i] && !(*texts[i] = strdup("")))
      return false;
  if (!process->command)
    process->command = calloc(1, sizeof *process->command);
  return process->command;
}

void process_free(struct trace_process *process) {
  free(process->program);
  free(process->executable);
  free(process->kernel);
  free(process->recorder);
  free(process->unwinder);
  free(process->options);
  free(process->command);
}
